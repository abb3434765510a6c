using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxPromotionTests
{
    private const string Array = ".local .align 4 .b8 array[16];";

    [Fact]
    public void An_array_with_known_places_becomes_registers()
    {
        string text = Promoted(
            """
            mov.b64 %rd1, array;
            mov.b32 %r1, 2;
            mul.wide.u32 %rd3, %r1, 4;
            add.u64 %rd2, %rd1, %rd3;
            st.local.f32 [%rd2], %f1;
            st.local.f32 [%rd1+4], 0f3F800000;
            ld.local.f32 %f2, [%rd2];
            ret;
            """);
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
        Assert.Contains(".reg .b32\t%array_4, %array_8;", text, StringComparison.Ordinal);
        string[] wanted =
        [
            "mov.b32 %r1, 2;", "mul.wide.u32 %rd3, %r1, 4;", "mov.b32 %array_8, %f1;", "mov.b32 %array_4, 0x3F800000;",
            "mov.b32 %f2, %array_8;", "ret;",
        ];
        Assert.Equal(wanted, PtxTexts.Body(text));
        Assert.Equal(text, PtxPasses.PromoteLocal(text));
    }

    [Fact]
    public void Places_are_known_through_branches_too()
    {
        string text = Promoted(
            """
            mov.b64 %rd1, array;
            add.u64 %rd2, %rd1, 8;
            @%p1 bra B;
            st.local.f32 [%rd2], %f1;
            B:
            @%p2 ld.local.f32 %f2, [%rd2];
            ret;
            """);
        Assert.Contains("@%p2 mov.b32 %f2, %array_8;", PtxTexts.Body(text));
    }

    [Fact]
    public void Vectors_become_a_move_for_each_number()
    {
        string[] body = PtxTexts.Body(Promoted("st.local.v2.f32 [array+8], {%f1, %f2};\nld.local.v2.f32 {%f3, %f4}, [array+8];\nret;"));
        Assert.Equal(["mov.b32 %array_8, %f1;", "mov.b32 %array_12, %f2;", "mov.b32 %f3, %array_8;", "mov.b32 %f4, %array_12;", "ret;"],
            body);
    }

    [Fact]
    public void A_register_that_held_an_address_may_hold_something_else_later()
    {
        string text =
            Promoted("mov.b64 %rd1, array;\nst.local.f32 [%rd1], %f1;\nld.param.b64 %rd1, [p0];\nst.global.f32 [%rd1], %f1;\nret;");
        Assert.DoesNotContain(".local", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mul.wide.u32 %rd2, %r9, 4;\nadd.u64 %rd1, %rd1, %rd2;\nld.local.f32 %f1, [%rd1];")] // a place that only the run knows
    [InlineData("st.local.f32 [%rd1], %f1;\nld.local.b16 %rs1, [%rd1];")] // two widths at one place
    [InlineData("st.local.b64 [%rd1], %rd2;\nst.local.f32 [%rd1+4], %f1;")] // numbers that overlap
    [InlineData("st.local.f32 [%rd1], %f1;\nst.global.b64 [%rd9], %rd1;")] // an address that is stored
    [InlineData("st.local.b64 [%rd1], %rd1;")] // an address that is stored in the array itself
    [InlineData("cvta.local.u64 %rd2, %rd1;\nst.f32 [%rd2], %f1;")] // an address that is made generic
    [InlineData("{\ncall f, (%rd1);\n}")] // an address that is given away
    [InlineData("@%p1 add.u64 %rd1, %rd1, 4;\nst.local.f32 [%rd1], %f1;")] // one of two places
    [InlineData("ld.local.f32 %f1, [%rd9];")] // a place that is not known at all
    [InlineData("st.local.b8 [%rd1], %rs1;")] // bytes
    public void What_is_not_known_stays_in_memory(string body)
    {
        string text = PtxTexts.Kernel($"mov.b64 %rd1, array;\n{body}\nret;", Array);
        Assert.Equal(text.Replace(' ', '\t'), PtxPasses.PromoteLocal(text).Replace(' ', '\t'));
    }

    [Fact]
    public void A_place_that_a_round_of_a_loop_changes_stays_in_memory()
    {
        string loop = PtxTexts.Loop("A", "%r1", "%r9", "st.local.f32 [%rd1], %f1;\nadd.u64 %rd1, %rd1, 4;");
        string text = PtxTexts.Kernel($"mov.b64 %rd1, array;\n{loop}\nret;", Array);
        Assert.Contains("st.local.f32", PtxPasses.PromoteLocal(text), StringComparison.Ordinal);
    }

    [Fact]
    public void One_array_may_stay_where_another_goes()
    {
        string text = PtxPasses.PromoteLocal(PtxTexts.Kernel(
            """
            mov.b64 %rd1, array;
            mov.b64 %rd2, other;
            mul.wide.u32 %rd3, %r9, 4;
            add.u64 %rd2, %rd2, %rd3;
            ld.local.f32 %f1, [%rd2];
            st.local.f32 [%rd1], %f1;
            ret;
            """,
            Array + "\n.local .align 4 .b8 other[16];"));
        Assert.DoesNotContain(" array", text, StringComparison.Ordinal);
        Assert.Contains("ld.local.f32 %f1, [%rd2];", text, StringComparison.Ordinal);
    }

    private static string Promoted(string body) => PtxPasses.PromoteLocal(PtxTexts.Kernel(body, Array));
}
