using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Tests;

/// <summary>A product of matrices by tiles in shared memory, right and with bugs.</summary>
public sealed class MutantTests
{
    private const int Tile = 8, M = 19, N = 13, K = 21;

    /// <summary>C = A B by tiles of 8x8; one argument of three views (pointer, length) and three sizes.</summary>
    private const string Product = """
        .version 8.4
        .target sm_80
        .address_size 64
        .visible .entry product(.param .align 8 .b8 arguments[64])
        .maxntid 8, 8, 1
        {
            .shared .align 4 .b8 left[256];
            .shared .align 4 .b8 right[256];
            .reg .pred %p<8>;
            .reg .b32 %r<20>;
            .reg .b64 %d<20>;
            .reg .f32 %f<4>;
            ld.param.b64 %d1, [arguments];
            cvta.to.global.u64 %d1, %d1;
            ld.param.b64 %d2, [arguments+16];
            cvta.to.global.u64 %d2, %d2;
            ld.param.b64 %d3, [arguments+32];
            cvta.to.global.u64 %d3, %d3;
            ld.param.b32 %r1, [arguments+48];
            ld.param.b32 %r2, [arguments+52];
            ld.param.b32 %r3, [arguments+56];
            mov.b32 %r4, %tid.x;
            mov.b32 %r5, %tid.y;
            mov.b32 %r6, %ctaid.x;
            mov.b32 %r7, %ntid.x;
            mad.lo.s32 %r6, %r6, %r7, %r4;
            mov.b32 %r8, %ctaid.y;
            mov.b32 %r7, %ntid.y;
            mad.lo.s32 %r8, %r8, %r7, %r5;
            mad.lo.s32 %r9, %r5, 8, %r4;
            mul.wide.u32 %d4, %r9, 4;
            mov.b64 %d5, left;
            add.u64 %d5, %d5, %d4;
            mov.b64 %d6, right;
            add.u64 %d6, %d6, %d4;
            mov.f32 %f1, 0f00000000;
            mov.b32 %r10, 0;
        STEP:
            setp.ge.s32 %p1, %r10, %r3;
            @%p1 bra WRITE;
            mov.f32 %f2, 0f00000000;
            mov.f32 %f3, 0f00000000;
            add.s32 %r11, %r10, %r4;
            setp.lt.s32 %p2, %r11, %r3;
            setp.lt.and.s32 %p2, %r8, %r1, %p2;
            mad.lo.s32 %r12, %r8, %r3, %r11;
            mul.wide.s32 %d7, %r12, 4;
            add.u64 %d7, %d1, %d7;
            @%p2 ld.global.f32 %f2, [%d7];
            add.s32 %r11, %r10, %r5;
            setp.lt.s32 %p3, %r11, %r3;
            setp.lt.and.s32 %p3, %r6, %r2, %p3;
            mad.lo.s32 %r12, %r11, %r2, %r6;
            mul.wide.s32 %d7, %r12, 4;
            add.u64 %d7, %d2, %d7;
            @%p3 ld.global.f32 %f3, [%d7];
            st.shared.f32 [%d5], %f2;
            st.shared.f32 [%d6], %f3;
            bar.sync 0;
            mov.b32 %r13, 0;
        INNER:
            mad.lo.s32 %r14, %r5, 8, %r13;
            mul.wide.u32 %d8, %r14, 4;
            mov.b64 %d9, left;
            add.u64 %d8, %d9, %d8;
            ld.shared.f32 %f2, [%d8];
            mad.lo.s32 %r14, %r13, 8, %r4;
            mul.wide.u32 %d8, %r14, 4;
            mov.b64 %d9, right;
            add.u64 %d8, %d9, %d8;
            ld.shared.f32 %f3, [%d8];
            fma.rn.f32 %f1, %f2, %f3, %f1;
            add.s32 %r13, %r13, 1;
            setp.lt.s32 %p4, %r13, 8;
            @%p4 bra INNER;
            bar.sync 0;
            add.s32 %r10, %r10, 8;
            bra STEP;
        WRITE:
            setp.lt.s32 %p5, %r8, %r1;
            setp.lt.and.s32 %p5, %r6, %r2, %p5;
            @!%p5 bra END;
            mad.lo.s32 %r15, %r8, %r2, %r6;
            mul.wide.s32 %d10, %r15, 4;
            add.u64 %d10, %d3, %d10;
            st.global.f32 [%d10], %f1;
        END:
            ret;
        }
        """;

    [Fact]
    public void The_product_itself_is_right_with_every_seed()
    {
        for (int seed = 0; seed < 5; seed++)
        {
            var (report, error) = Run(Product, seed);
            Assert.True(report.Count == 0, report.ToString());
            Assert.True(error < 1e-5, $"seed {seed}: {error}");
        }
    }

    [Fact]
    public void Nearly_all_mutants_of_the_product_are_noticed()
    {
        var mutants = PtxMutants.Of(Product).ToList();
        var missed = mutants.Where(mutant => Run(mutant.Text) is { Report.Count: 0, Error: < 1e-5 }).Select(mutant => mutant.Description)
            .ToList();
        Assert.True(mutants.Count >= 30, $"{mutants.Count} mutants");

        // The one that changes no result: with K = 24 it would multiply one more tile, of zeros.
        Assert.EndsWith("relation changed: setp.ge.s32 %p1, %r10, %r3; -> setp.gt.s32 %p1, %r10, %r3;", Assert.Single(missed),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Mutants_say_what_they_are_and_differ_in_one_line()
    {
        string[] lines = Product.Split('\n');
        var mutants = PtxMutants.Of(Product).ToList();
        string[] kinds =
        [
            "barrier dropped", "address shifted", "relation changed", "operands exchanged", "bound one larger", "special register changed",
            "predicate dropped",
        ];
        Assert.All(kinds, kind => Assert.Contains(mutants, mutant => mutant.Description.Contains(kind, StringComparison.Ordinal)));
        Assert.All(mutants, mutant => Assert.Single(lines.Zip(mutant.Text.Split('\n')), pair => pair.First != pair.Second));
        Assert.Equal(mutants.Count, mutants.Select(mutant => mutant.Text).Distinct().Count());
        int barrier = Array.FindIndex(lines, line => line.Contains("bar.sync", StringComparison.Ordinal)) + 1;
        Assert.Contains($"line {barrier}, barrier dropped: bar.sync 0; -> nothing", mutants.Select(mutant => mutant.Description));
        Assert.Contains(mutants,
            mutant => mutant.Description.EndsWith("st.shared.f32 [%d5], %f2; -> st.shared.f32 [%d5+4], %f2;", StringComparison.Ordinal));
    }

    [Fact]
    public void Differences_are_mutated_by_exchanging_their_operands()
    {
        var mutant = Assert.Single(PtxMutants.Of(".entry k() {\nsub.s32 %r1, %r2, %r3;\n}"));
        Assert.Equal("line 2, operands exchanged: sub.s32 %r1, %r2, %r3; -> sub.s32 %r1, %r3, %r2;", mutant.Description);
    }

    private static (PtxReport Report, double Error) Run(string text, int seed = 0)
    {
        var random = new Random(1);
        float[] a = [.. Enumerable.Range(0, M * K).Select(_ => random.NextSingle() - 0.5f)];
        float[] b = [.. Enumerable.Range(0, K * N).Select(_ => random.NextSingle() - 0.5f)];
        using var memory = new PtxMemory();
        ulong left = Upload(memory, a), right = Upload(memory, b), to = memory.Allocate(M * N * 4);
        var arguments = MemoryMarshal.AsBytes<ulong>([left, M * K, right, K * N, to, M * N, M | ((ulong)N << 32), K]);
        var machine = new PtxMachine(memory, PtxChecks.All, seed) { Limit = 2_000_000 };
        var report = machine.Launch(PtxModule.Parse(text).Entries[0], ((N + Tile - 1) / Tile, (M + Tile - 1) / Tile, 1), (Tile, Tile, 1), 0,
            arguments);
        float[] c = new float[M * N];
        memory.Read(to, MemoryMarshal.AsBytes(c.AsSpan()));
        double error = 0;
        for (int i = 0; i < c.Length; i++)
        {
            double wanted = 0;
            for (int k = 0; k < K; k++) wanted += (double)a[(i / N * K) + k] * b[(k * N) + (i % N)];
            error = Math.Max(error, double.IsNaN(c[i]) ? double.PositiveInfinity : Math.Abs(c[i] - wanted));
        }

        return (report, error);
    }

    private static ulong Upload(PtxMemory memory, float[] values)
    {
        ulong address = memory.Allocate(values.Length * 4);
        memory.Write(address, MemoryMarshal.AsBytes(values.AsSpan()));
        return address;
    }
}
