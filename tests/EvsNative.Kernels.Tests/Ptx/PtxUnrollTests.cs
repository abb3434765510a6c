using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PtxUnrollTests
{
    private const string Work = "add.s32 %r5, %r5, %r1;";

    [Fact]
    public void A_loop_of_known_rounds_becomes_its_rounds()
    {
        string[] body = PtxTexts.Body(Unrolled(PtxTexts.Loop("A", "%r1", "3", Work) + "\nret;"));
        Assert.Equal(3, body.Count(line => line == Work));
        Assert.DoesNotContain(body, line => line.Contains("bra", StringComparison.Ordinal) || line.EndsWith(':'));
        Assert.Equal("ret;", body[^1]);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("64", 64)]
    public void As_many_rounds_as_the_bound_says(string bound, int rounds) =>
        Assert.Equal(rounds, PtxTexts.Body(Unrolled(PtxTexts.Loop("A", "%r1", bound, Work) + "\nret;")).Count(line => line == Work));

    [Fact]
    public void Loops_in_loops_are_written_out_from_the_inside()
    {
        string inner = PtxTexts.Loop("B", "%r2", "4", Work), middle = PtxTexts.Loop("C", "%r3", "2", inner);
        string[] body = PtxTexts.Body(Unrolled(PtxTexts.Loop("A", "%r1", "3", middle) + "\nret;"));
        Assert.Equal(24, body.Count(line => line == Work));
        Assert.DoesNotContain(body, line => line.Contains("bra", StringComparison.Ordinal));
    }

    [Fact]
    public void An_inner_loop_may_depend_on_the_outer_counter()
    {
        string[] body = PtxTexts.Body(Unrolled(PtxTexts.Loop("A", "%r1", "4", PtxTexts.Loop("B", "%r2", "%r1", Work)) + "\nret;"));
        Assert.Equal(0 + 1 + 2 + 3, body.Count(line => line == Work));
    }

    [Fact]
    public void A_counter_may_be_halved()
    {
        const string Halving =
            """
            mov.b32 %r1, 32;
            A:
            setp.le.s32 %p1, %r1, 0;
            @%p1 bra A_end;
            bar.sync 0;
            shr.s32 %r2, %r1, 1;
            mov.b32 %r1, %r2;
            bra A;
            A_end:
            ret;
            """;
        Assert.Equal(6, PtxTexts.Body(Unrolled(Halving)).Count(line => line == "bar.sync 0;"));
    }

    [Fact]
    public void A_loop_may_test_at_its_end()
    {
        const string Tested =
            """
            mov.b32 %r1, 0;
            A:
            add.s32 %r5, %r5, %r1;
            add.s32 %r1, %r1, 2;
            setp.lt.u32 %p1, %r1, 9;
            @%p1 bra A;
            ret;
            """;
        Assert.Equal(5, PtxTexts.Body(Unrolled(Tested)).Count(line => line == Work));
    }

    [Fact]
    public void Branches_inside_that_the_counter_decides_are_decided_and_others_stay()
    {
        const string Branching =
            """
            setp.eq.s32 %p2, %r1, 1;
            @%p2 bra B;
            add.s32 %r5, %r5, %r1;
            B:
            @%p3 bra C;
            mul.lo.s32 %r6, %r6, 3;
            C:
            """;
        string[] body = PtxTexts.Body(Unrolled(PtxTexts.Loop("A", "%r1", "3", Branching) + "\nret;"));
        Assert.Equal(2, body.Count(line => line == Work));
        Assert.Equal(3, body.Count(line => line.StartsWith("@%p3 bra", StringComparison.Ordinal)));
        Assert.DoesNotContain(body, line => line.StartsWith("@%p2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_loop_that_may_be_left_early_can_still_be_left_early()
    {
        string[] body = PtxTexts.Body(Unrolled(PtxTexts.Loop("A", "%r1", "3", "@%p2 bra A_end;\n" + Work) + "\nret;"));
        Assert.Equal(3, body.Count(line => line.StartsWith("@%p2 bra", StringComparison.Ordinal)));
        Assert.Equal(3, body.Count(line => line == Work));
    }

    [Fact]
    public void Statements_in_braces_are_copied_whole()
    {
        string[] body = PtxTexts.Body(
            Unrolled(PtxTexts.Loop("A", "%r1", "2", "{\n.reg .b16 %half;\ncvt.u16.u32 %half, %r1;\nB:\n@%p3 bra B;\n}") + "\nret;"));
        Assert.Equal(2, body.Count(line => line == "B:"));
        Assert.Equal(2, body.Count(line => line == "@%p3 bra B;"));
    }

    [Theory]
    [InlineData("%r9", Work)] // a bound that only the run knows
    [InlineData("65", Work)] // too many rounds
    [InlineData("3", "add.s32 %r5, %r5, %r1;\nld.param.b32 %r1, [p0];")] // a counter that is written elsewhere
    [InlineData("3", "@%p3 add.s32 %r1, %r1, 1;")] // a counter that may be written elsewhere
    [InlineData("3", "{\nmov.b32 %r1, 0;\n}")] // a counter that an instruction of ours writes
    public void What_is_not_known_stays_a_loop(string bound, string work)
    {
        string text = PtxTexts.Kernel(PtxTexts.Loop("A", "%r1", bound, work) + "\nret;");
        Assert.Contains("bra", PtxPasses.Unroll(text), StringComparison.Ordinal);
        Assert.Equal(PtxTexts.Body(text).Length, PtxTexts.Body(PtxPasses.Unroll(text)).Length);
    }

    [Fact]
    public void A_loop_that_is_jumped_into_stays()
    {
        string text = PtxTexts.Kernel("@%p4 bra Middle;\n" + PtxTexts.Loop("A", "%r1", "3", "Middle:\n" + Work) + "\nret;");
        Assert.Single(PtxTexts.Body(PtxPasses.Unroll(text)), line => line == Work);
    }

    [Fact]
    public void A_loop_that_begins_differently_stays()
    {
        string text = PtxTexts.Kernel("mov.b32 %r1, 1;\n@%p4 bra A;\n" + PtxTexts.Loop("A", "%r1", "3", Work) + "\nret;");
        Assert.Single(PtxTexts.Body(PtxPasses.Unroll(text)), line => line == Work);
    }

    [Fact]
    public void A_text_does_not_grow_beyond_its_bound()
    {
        string large = string.Join('\n', Enumerable.Repeat(Work, 100));
        string[] body = PtxTexts.Body(Unrolled(PtxTexts.Loop("A", "%r1", "60", PtxTexts.Loop("B", "%r2", "30", large)) + "\nret;"));
        Assert.InRange(body.Length, 30 * 100, PtxUnroll.MostLinesOfLoop);
    }

    [Fact]
    public void A_large_loop_stays_unless_an_array_could_not_go_to_registers_otherwise()
    {
        string large = string.Join('\n', Enumerable.Repeat(Work, 100)),
            place = "mul.wide.u32 %rd1, %r1, 4;\nmov.b64 %rd2, array;\nadd.u64 %rd1, %rd2, %rd1;";
        string[] arrays = [$"{large}\nst.local.f32 [array], %f1;", $"{large}\n{place}\nst.local.f32 [%rd1], %f1;"];
        string[] texts = Array.ConvertAll(
            arrays,
            work => PtxPasses.Unroll(PtxTexts.Kernel(PtxTexts.Loop("A", "%r1", "80", work) + "\nret;", ".local .align 4 .b8 array[320];")));
        Assert.Equal(1, PtxTexts.Body(texts[0]).Count(line => line.StartsWith("st.local", StringComparison.Ordinal)));
        Assert.Equal(80, PtxTexts.Body(texts[1]).Count(line => line.StartsWith("st.local", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_text_without_loops_stays_what_it_is_and_so_does_an_unrolled_one()
    {
        string text = Unrolled(PtxTexts.Loop("A", "%r1", "3", PtxTexts.Loop("B", "%r2", "%r9", Work)) + "\nret;");
        Assert.Equal(text, PtxPasses.Unroll(text));
        string plain = PtxTexts.Kernel(Work + "\nret;");
        Assert.Equal(plain, PtxPasses.Unroll(plain));
    }

    private static string Unrolled(string body) => PtxPasses.Unroll(PtxTexts.Kernel(body));
}
