using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxNumberingTests
{
    [Fact]
    public void Nothing_is_computed_twice_in_a_block()
    {
        string[] body = Numbered(
            "add.s32 %r1, %r9, %r8;\nadd.s32 %r2, %r9, %r8;\nmul.lo.s32 %r3, %r2, %r7;\nst.global.b32 [%rd1], %r3;\nret;");
        string[] wanted =
            ["add.s32 %r1, %r9, %r8;", "mov.b32 %r2, %r1;", "mul.lo.s32 %r3, %r1, %r7;", "st.global.b32 [%rd1], %r3;", "ret;"];
        Assert.Equal(wanted, body);
    }

    [Theory]
    [InlineData("add.s32 %r1, %r9, %r8;\nadd.s32 %r9, %r9, 1;\nadd.s32 %r2, %r9, %r8;\nret;")] // an operand has changed
    [InlineData("add.s32 %r1, %r9, %r8;\nld.global.b32 %r1, [%rd1];\nadd.s32 %r2, %r9, %r8;\nret;")] // the result is gone
    [InlineData("add.s32 %r1, %r9, %r8;\n@%p1 mov.b32 %r1, %r7;\nadd.s32 %r2, %r9, %r8;\nret;")] // perhaps
    [InlineData("add.s32 %r1, %r9, %r8;\nadd.u32 %r2, %r9, %r8;\nret;")] // another instruction
    [InlineData("mov.b32 %r1, %f1;\nmov.b32 %f2, %r1;\nadd.f32 %f3, %f2, %f2;\nret;")] // a register of another type
    [InlineData("mov.b32 %r1, %r9;\nadd.s32 %r9, %r9, 1;\nst.global.b32 [%rd1], %r1;\nret;")] // a copy of what has changed
    public void What_is_not_the_same_stays(string body) => Assert.Equal(PtxTexts.Body(PtxTexts.Kernel(body)), Numbered(body));

    [Fact]
    public void What_is_known_is_computed_and_read_as_a_number()
    {
        string[] body = Numbered(
            """
            mov.b32 %r1, 3;
            @%p1 bra A;
            bar.sync 0;
            A:
            shl.b32 %r2, %r1, 2;
            add.s32 %r3, %r9, %r2;
            add.s32 %r4, %r2, %r9;
            mul.lo.s32 %r5, %r8, %r1;
            st.global.v2.b32 [%rd1], {%r3, %r4};
            ret;
            """);
        string[] wanted =
        [
            "mov.b32 %r1, 3;", "@%p1 bra L0;", "bar.sync 0;", "L0:", "mov.b32 %r2, 12;", "add.s32 %r3, %r9, 12;", "mov.b32 %r4, %r3;",
            "mul.lo.s32 %r5, %r8, 3;", "st.global.v2.b32 [%rd1], {%r3, %r3};", "ret;",
        ];
        Assert.Equal(wanted, body);
    }

    [Theory]
    [InlineData("add.s32 %r1, %r9, 0;")]
    [InlineData("shl.b32 %r1, %r9, 0;")]
    [InlineData("xor.b32 %r1, %r9, 0;")]
    [InlineData("mul.lo.s32 %r1, %r9, 1;")]
    public void What_changes_nothing_is_a_copy(string line) =>
        Assert.Equal(["mov.b32 %r1, %r9;", "st.global.b32 [%rd1], %r9;", "ret;"], Numbered($"{line}\nst.global.b32 [%rd1], %r1;\nret;"));

    /// <summary>As the copies of an unrolled loop write the same registers again.</summary>
    [Fact]
    public void Copies_of_a_body_get_registers_of_their_own_and_what_lives_on_keeps_its_own()
    {
        string text = PtxPasses.Rename(PtxTexts.Kernel(
            """
            mov.b32 %r1, 0;
            add.s32 %r2, %r1, %r9;
            st.global.b32 [%rd1], %r2;
            mov.b32 %r1, 1;
            add.s32 %r2, %r1, %r9;
            st.global.b32 [%rd1], %r2;
            mov.b32 %r1, 2;
            bar.sync 0;
            A:
            st.global.b32 [%rd1], %r1;
            @%p1 bra A;
            ret;
            """));
        string[] wanted =
        [
            "mov.b32 %v0, 0;", "add.s32 %v1, %v0, %r9;", "st.global.b32 [%rd1], %v1;", "mov.b32 %v2, 1;", "add.s32 %v3, %v2, %r9;",
            "st.global.b32 [%rd1], %v3;", "mov.b32 %r1, 2;", "bar.sync 0;", "L0:", "st.global.b32 [%rd1], %r1;", "@%p1 bra L0;", "ret;",
        ];
        Assert.Equal(wanted, PtxTexts.Body(text));
        Assert.Contains(".reg .b32\t%v0, %v1, %v2, %v3;", text, StringComparison.Ordinal);
        Assert.Equal(text, PtxPasses.Rename(text));
    }

    [Theory]
    [InlineData("mov.b32 %r1, 0;\n@%p1 mov.b32 %r1, 1;\nst.global.b32 [%rd1], %r1;\nret;")] // perhaps written
    [InlineData("mov.b32 %r1, 0;\n{\nmov.b32 %r1, 5;\n}\nst.global.b32 [%rd1], %r1;\nret;")] // written in braces
    [InlineData("mov.b32 %r1, 0;\nld.global.b32 %r1, [%rd1];\nst.global.b32 [%rd1], %r1;\nret;")] // by what is no arithmetic
    public void What_is_also_written_in_other_ways_keeps_its_register(string body) =>
        Assert.DoesNotContain("%v", PtxPasses.Rename(PtxTexts.Kernel(body)), StringComparison.Ordinal);

    private static string[] Numbered(string body) => PtxTexts.Body(PtxPasses.Number(PtxTexts.Kernel(body)));
}
