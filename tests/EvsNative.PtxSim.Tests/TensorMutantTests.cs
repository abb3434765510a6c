using System.Runtime.InteropServices;

namespace EvsNative.PtxSim.Tests;

/// <summary>A product on tensor cores by copies in two stages, right and with the bugs of its kind.</summary>
public sealed class TensorMutantTests
{
    private const int Rows = 16, Columns = 8, K = 40;

    /// <summary>
    /// C = A B and the sums of its rows behind it. A is 16 x 40 and B 40 x 8, halves, both row by row. A step takes 16 of the 40: rows of A
    /// in two chunks, chunk c of row r at c ^ (r / 4 % 2); rows of B in one chunk. What lies beyond is filled with zeros.
    /// </summary>
    private const string Product = """
        .version 7.0
        .target sm_80
        .address_size 64
        .visible .entry product(.param .u64 left, .param .u64 right, .param .u64 result)
        .maxntid 32, 1, 1
        {
            .shared .align 16 .b8 tile[1536];
            .reg .pred %p<8>;
            .reg .b32 %r<40>;
            .reg .b64 %d<20>;
            .reg .f32 %f<20>;
            ld.param.u64 %d1, [left];
            ld.param.u64 %d2, [right];
            ld.param.u64 %d3, [result];
            mov.u32 %r1, %tid.x;
            mov.u32 %r2, tile;
            shr.u32 %r3, %r1, 1;
            and.b32 %r4, %r1, 1;
            shr.u32 %r5, %r1, 3;
            and.b32 %r5, %r5, 1;
            xor.b32 %r5, %r5, %r4;
            shl.b32 %r6, %r3, 5;
            shl.b32 %r5, %r5, 4;
            add.u32 %r6, %r6, %r5;
            add.u32 %r6, %r6, %r2;
            shl.b32 %r7, %r4, 3;
            mad.lo.u32 %r8, %r3, 40, %r7;
            mul.wide.u32 %d4, %r8, 2;
            add.u64 %d4, %d1, %d4;
            shl.b32 %r9, %r1, 4;
            add.u32 %r9, %r9, %r2;
            mul.wide.u32 %d5, %r1, 16;
            add.u64 %d5, %d2, %d5;
            and.b32 %r10, %r1, 15;
            shr.u32 %r11, %r1, 4;
            shr.u32 %r12, %r10, 2;
            and.b32 %r12, %r12, 1;
            xor.b32 %r12, %r12, %r11;
            shl.b32 %r13, %r10, 5;
            shl.b32 %r12, %r12, 4;
            add.u32 %r13, %r13, %r12;
            add.u32 %r13, %r13, %r2;
            shl.b32 %r14, %r10, 4;
            add.u32 %r14, %r14, %r2;
            mov.f32 %f1, 0f00000000;
            mov.f32 %f2, 0f00000000;
            mov.f32 %f3, 0f00000000;
            mov.f32 %f4, 0f00000000;
            setp.lt.u32 %p1, %r1, 16;
            cp.async.cg.shared.global [%r6], [%d4], 16;
            @%p1 cp.async.ca.shared.global [%r9+1024], [%d5], 16;
            cp.async.commit_group;
            mov.b32 %r15, 0;
        STEP:
            add.u32 %r16, %r15, 16;
            setp.ge.u32 %p2, %r16, 40;
            @%p2 bra COPIED;
            add.u64 %d4, %d4, 32;
            add.u64 %d5, %d5, 256;
            xor.b32 %r6, %r6, 512;
            xor.b32 %r9, %r9, 256;
            add.u32 %r17, %r16, %r7;
            setp.lt.u32 %p3, %r17, 40;
            selp.b32 %r18, 16, 0, %p3;
            add.u32 %r17, %r16, %r1;
            setp.lt.u32 %p3, %r17, 40;
            selp.b32 %r19, 16, 0, %p3;
            cp.async.cg.shared.global [%r6], [%d4], 16, %r18;
            @%p1 cp.async.cg.shared.global [%r9+1024], [%d5], 16, %r19;
        COPIED:
            cp.async.commit_group;
            cp.async.wait_group 1;
            bar.sync 0;
            ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r20, %r21, %r22, %r23}, [%r13];
            ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r24, %r25}, [%r14+1024];
            mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f1,%f2,%f3,%f4}, {%r20,%r21,%r22,%r23}, {%r24,%r25}, {%f1,%f2,%f3,%f4};
            bar.sync 0;
            xor.b32 %r13, %r13, 512;
            xor.b32 %r14, %r14, 256;
            mov.b32 %r15, %r16;
            setp.lt.u32 %p4, %r15, 40;
            @%p4 bra STEP;
            shr.u32 %r26, %r1, 2;
            and.b32 %r27, %r1, 3;
            shl.b32 %r28, %r26, 3;
            shl.b32 %r29, %r27, 1;
            add.u32 %r28, %r28, %r29;
            mul.wide.u32 %d6, %r28, 4;
            add.u64 %d6, %d3, %d6;
            st.global.v2.f32 [%d6], {%f1, %f2};
            st.global.v2.f32 [%d6+256], {%f3, %f4};
            add.f32 %f5, %f1, %f2;
            shfl.sync.bfly.b32 %f6, %f5, 1, 31, -1;
            add.f32 %f5, %f5, %f6;
            shfl.sync.bfly.b32 %f6, %f5, 2, 31, -1;
            add.f32 %f5, %f5, %f6;
            mul.wide.u32 %d7, %r26, 4;
            add.u64 %d7, %d3, %d7;
            setp.eq.u32 %p5, %r27, 0;
            @%p5 st.global.f32 [%d7+512], %f5;
            ret;
        }
        """;

    // One warp; places of steps are multiples of 16, 40 is none; four threads have the sum of a row, one of them stores it.
    private static readonly string[] Harmless =
    [
        "special register changed: mov.u32 %r1, %tid.x; -> mov.u32 %r1, %laneid;",
        "relation changed: setp.ge.u32 %p2, %r16, 40; -> setp.gt.u32 %p2, %r16, 40;",
        "bound one larger: setp.ge.u32 %p2, %r16, 40; -> setp.ge.u32 %p2, %r16, 41;",
        "relation changed: setp.lt.u32 %p4, %r15, 40; -> setp.le.u32 %p4, %r15, 40;",
        "bound one larger: setp.lt.u32 %p4, %r15, 40; -> setp.lt.u32 %p4, %r15, 41;",
        "bound one larger: setp.eq.u32 %p5, %r27, 0; -> setp.eq.u32 %p5, %r27, 1;",
    ];

    [Fact]
    public void The_product_itself_is_right_and_meets_no_conflict_of_banks()
    {
        var traffic = new PtxTraffic();
        for (int seed = 0; seed < 3; seed++)
        {
            var (report, error) = Run(Product, seed, traffic: traffic);
            Assert.True(report.Count == 0, report.ToString());
            Assert.True(error < 1e-3, $"seed {seed}: {error}");
        }

        Assert.Equal(1, traffic.Total.Conflicts);
    }

    [Fact]
    public void Mutants_of_the_product_are_noticed_unless_they_change_nothing()
    {
        string[] kinds =
        [
            "waits for a group less", "group not closed", "copy made full", "address of a matrix shifted", "transposed",
            "no longer transposed", "registers of the left matrix exchanged", "registers of the right matrix exchanged", "other lanes",
            "shift changed", "bit dropped", "barrier dropped",
        ];
        var mutants = PtxMutants.Of(Product).ToList();
        Assert.All(kinds, kind => Assert.Contains(mutants, mutant => mutant.Description.Contains($", {kind}:", StringComparison.Ordinal)));
        var missed = mutants.Where(mutant => Run(mutant.Text, stops: true) is { Report.Count: 0, Error: < 1e-3 })
            .Select(mutant => mutant.Description[(mutant.Description.IndexOf(',', StringComparison.Ordinal) + 2)..]);
        Assert.Equal(Harmless, missed);
    }

    [Theory]
    [InlineData("cp.async.wait_all;", "wait dropped -> nothing")]
    [InlineData("cp.async.wait_group 0;", "waits for a group less -> cp.async.wait_group 1;")]
    [InlineData("cp.async.cg.shared.global.L2::128B [%r1+16], [%d1], 16, %r2;",
        "copy made full -> cp.async.cg.shared.global.L2::128B [%r1+16], [%d1], 16;")]
    [InlineData("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r1}, [%r2+-16];",
        "address of a matrix shifted -> ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r1}, [%r2+0];",
        "transposed -> ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%r1}, [%r2+-16];")]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f1}, {%r1, %r2}, {%r3}, {%f1};",
        "registers of the left matrix exchanged -> mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f1}, {%r2, %r1}, {%r3}, {%f1};")]
    [InlineData("shfl.sync.bfly.b32 %r1, %r2, 16, 31, -1;", "other lanes -> shfl.sync.bfly.b32 %r1, %r2, 8, 31, -1;")]
    [InlineData("xor.b32 %r1, %r2, 48;", "bit dropped -> xor.b32 %r1, %r2, 32;")]
    [InlineData("and.b32 %r1, %r2, -16;", "bit dropped -> and.b32 %r1, %r2, -32;")]
    [InlineData("shl.b32 %r1, %r2, 4;", "shift changed -> shl.b32 %r1, %r2, 5;")]
    [InlineData("xor.b32 %r1, %r2, %r3;")]
    [InlineData("st.shared.v4.b32 [%r1], {%r2, %r2, %r2, %r2};", "address shifted -> st.shared.v4.b32 [%r1+16], {%r2, %r2, %r2, %r2};")]
    public void Lines_of_tensor_kernels_get_their_bugs(string line, params string[] wanted)
    {
        var got = PtxMutants.Of($".entry k() {{\n{line}\n}}").Select(mutant => mutant.Description);
        Assert.Equal(wanted.Select(what => $"line 2, {what.Replace(" -> ", $": {line} -> ", StringComparison.Ordinal)}"), got);
    }

    private static (PtxReport Report, double Error) Run(string text, int seed = 0, bool stops = false, PtxTraffic? traffic = null)
    {
        var random = new Random(1);
        Half[] a = [.. Enumerable.Range(0, Rows * K).Select(_ => (Half)(random.NextSingle() - 0.5f))];
        Half[] b = [.. Enumerable.Range(0, K * Columns).Select(_ => (Half)(random.NextSingle() - 0.5f))];
        using var memory = new PtxMemory();
        ulong left = Upload(memory, a), right = Upload(memory, b), to = memory.Allocate(((Rows * Columns) + 8) * 4);
        var machine = new PtxMachine(memory, PtxChecks.All, seed) { Limit = 200_000, StopsAtFirstFinding = stops, Traffic = traffic };
        var report = machine.Launch(PtxModule.Parse(text).Entries[0], (1, 1, 1), (32, 1, 1), 0, Kernel.Bytes(left, right, to));
        float[] c = new float[(Rows * Columns) + 8];
        memory.Read(to, MemoryMarshal.AsBytes(c.AsSpan()));
        double error = 0;
        double[] wanted = new double[Rows * Columns];
        for (int i = 0; i < wanted.Length; i++)
        {
            for (int k = 0; k < K; k++) wanted[i] += (double)a[(i / Columns * K) + k] * (double)b[(k * Columns) + (i % Columns)];
        }

        for (int i = 0; i < c.Length; i++)
        {
            double value = i < wanted.Length ? wanted[i] : wanted.Skip((i - wanted.Length) * Columns).Take(Columns).Sum();
            error = Math.Max(error, double.IsNaN(c[i]) ? double.PositiveInfinity : Math.Abs(c[i] - value));
        }

        return (report, error);
    }

    private static ulong Upload(PtxMemory memory, Half[] values)
    {
        ulong address = memory.Allocate(values.Length * 2);
        memory.Write(address, MemoryMarshal.AsBytes(values.AsSpan()));
        return address;
    }
}
