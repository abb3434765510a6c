using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxHoistingTests
{
    [Fact]
    public void What_does_not_change_is_computed_in_front_of_the_loop()
    {
        string[] body = Hoisted("mul.lo.s32 %r2, %r9, 12;\nadd.s32 %r3, %r2, %r8;\nadd.s32 %r4, %r3, %r1;\nst.global.b32 [%rd1], %r4;");
        string[] wanted =
        [
            "mov.b32 %r1, 0;", "mul.lo.s32 %r2, %r9, 12;", "add.s32 %r3, %r2, %r8;", "L0:", "setp.ge.s32 %p1, %r1, %r10;",
            "@%p1 bra L1;", "add.s32 %r4, %r3, %r1;", "st.global.b32 [%rd1], %r4;", "add.s32 %r31, %r1, 1;", "mov.b32 %r1, %r31;",
            "bra L0;", "L1:", "ret;",
        ];
        Assert.Equal(wanted, body);
    }

    [Theory]
    [InlineData("add.s32 %r2, %r9, %r1;\nst.global.b32 [%rd1], %r2;")] // the counter
    [InlineData("st.global.b32 [%rd1], %r2;\nadd.s32 %r2, %r9, %r8;")] // read before it is written: the first round has another value
    [InlineData("add.s32 %r2, %r9, %r8;\nst.global.b32 [%rd1], %r2;\nadd.s32 %r2, %r9, 1;\nst.global.b32 [%rd1], %r2;")] // written twice
    [InlineData("@%p2 add.s32 %r2, %r9, %r8;\nst.global.b32 [%rd1], %r2;")] // perhaps not written
    [InlineData("ld.global.b32 %r2, [%rd2];\nst.global.b32 [%rd1], %r2;")] // memory may change
    [InlineData("mov.u32 %r2, %clock;\nst.global.b32 [%rd1], %r2;")] // so does time
    [InlineData("setp.lt.s32 %p3, %r9, %r8;\nselp.b32 %r2, 16, 0, %p3;\nst.global.b32 [%rd1], %r2;")] // cheaper in its place
    [InlineData("mov.b32 %r2, 5;\nst.global.b32 [%rd1], %r2;")]
    [InlineData("fma.rn.f32 %f1, %f2, %f3, %f4;\nst.global.f32 [%rd1], %f1;")] // no address
    public void What_may_change_or_costs_nothing_stays(string body)
    {
        string text = PtxTexts.Kernel(PtxTexts.Loop("A", "%r1", "%r10", body) + "\nret;");
        Assert.Equal(PtxTexts.Body(PtxPasses.Hoist(text, 0)), PtxTexts.Body(PtxPasses.Hoist(text, 100)));
    }

    [Fact]
    public void A_value_that_is_read_behind_the_loop_stays_if_the_loop_may_not_run()
    {
        string loop = PtxTexts.Loop("A", "%r1", "%r10", "add.s32 %r2, %r9, %r8;");
        string text = PtxTexts.Kernel($"mov.b32 %r2, 7;\n{loop}\nst.global.b32 [%rd1], %r2;\nret;");
        Assert.Equal(PtxTexts.Body(PtxPasses.Hoist(text, 0)), PtxTexts.Body(PtxPasses.Hoist(text, 100)));
    }

    [Fact]
    public void What_saves_most_for_a_register_goes_first()
    {
        const string Body =
            """
            add.s32 %r2, %r9, %r8;
            st.global.b32 [%rd1], %r2;
            mul.lo.s32 %r3, %r9, 12;
            xor.b32 %r4, %r3, %r8;
            shl.b32 %r5, %r4, 4;
            st.global.b32 [%rd1], %r5;
            """;
        Assert.Equal(4, Front(Hoisted(Body, 1)));
        Assert.Equal(5, Front(Hoisted(Body, 2)));
        Assert.Equal(1, Front(Hoisted(Body, 0)));
    }

    /// <summary>Addresses of 64 bits take two registers.</summary>
    [Fact]
    public void Registers_are_counted_by_their_size()
    {
        const string Body = "add.s64 %rd2, %rd8, %rd9;\nst.global.b32 [%rd2], %r9;";
        Assert.Equal(1, Front(Hoisted(Body, 1)));
        Assert.Equal(2, Front(Hoisted(Body, 2)));
    }

    [Fact]
    public void Sums_are_put_together_so_that_what_does_not_change_can_go()
    {
        string[] body =
            Hoisted("cvt.s64.s32 %rd2, %r1;\nadd.s64 %rd3, %rd8, %rd2;\nadd.s64 %rd4, %rd3, %rd9;\nst.global.b32 [%rd4], %r9;");
        Assert.Contains("add.s64 %v0, %rd9, %rd8;", body[..Array.IndexOf(body, "L0:")]);
        Assert.Contains("add.s64 %rd4, %v0, %rd2;", body[Array.IndexOf(body, "L0:")..]);
    }

    [Fact]
    public void What_depends_on_the_outer_loop_alone_stays_in_it()
    {
        string inner = PtxTexts.Loop("B", "%r2", "%r11",
            "mul.lo.s32 %r3, %r1, 12;\nmul.lo.s32 %r4, %r9, 3;\nxor.b32 %r5, %r3, %r4;\nst.global.b32 [%rd1], %r5;");
        string[] body = PtxTexts.Body(PtxPasses.Hoist(PtxTexts.Kernel(PtxTexts.Loop("A", "%r1", "%r10", inner) + "\nret;"), 100));
        int outer = Array.IndexOf(body, "L0:"), within = Array.IndexOf(body, "L1:");
        Assert.InRange(Array.IndexOf(body, "mul.lo.s32 %r4, %r9, 3;"), 0, outer);
        Assert.InRange(Array.IndexOf(body, "mul.lo.s32 %r3, %r1, 12;"), outer, within);
        Assert.InRange(Array.IndexOf(body, "xor.b32 %r5, %r3, %r4;"), outer, within);
    }

    /// <summary>Only kernels that say how many groups a multiprocessor is to hold say what registers they have.</summary>
    [Theory]
    [InlineData(".maxntid 128, 1, 1", 0)]
    [InlineData(".maxntid 128, 1, 1\n.minnctapersm 2", 25)]
    [InlineData(".maxntid 128, 1, 1\n.minnctapersm 4", 12)]
    [InlineData(".maxntid 256, 1, 1\n.minnctapersm 1", 25)]
    [InlineData(".maxntid 64, 1, 1\n.minnctapersm 5", 17)]
    public void The_limit_follows_from_threads_and_groups(string head, int registers) =>
        Assert.Equal(registers, PtxHoisting.MostRegisters(head));

    private static string[] Hoisted(string body, int most = 100) =>
        PtxTexts.Body(PtxPasses.Hoist(PtxTexts.Kernel(PtxTexts.Loop("A", "%r1", "%r10", body) + "\nret;"), most));

    private static int Front(string[] body) => Array.IndexOf(body, "L0:");
}
