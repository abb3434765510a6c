using System.Runtime.InteropServices;
using System.Text;

namespace EvsNative.PtxSim.Tests;

/// <summary>
/// Accesses of lanes that lie together are looked at together. A machine that counts looks at each lane alone: both must find the same,
/// in the same words, and compute the same, whatever the accesses are.
/// </summary>
public sealed class RowTests
{
    private const int Threads = 96, Steps = 6, Bytes = 2048;

    private static readonly (string Type, string Values, int Bytes)[] Kinds =
    [
        ("u8", "%r10", 1), ("u16", "%r10", 2), ("u32", "%r10", 4), ("u64", "%d10", 8), ("v2.u16", "{%r10, %r11}", 4),
        ("v2.u32", "{%r10, %r11}", 8), ("v4.u32", "{%r10, %r11, %r12, %r13}", 16),
    ];

    [Fact]
    public void Rows_of_lanes_are_judged_as_single_lanes_are()
    {
        int clean = 0, races = 0, others = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int[] kinds = [.. Enumerable.Range(0, Steps).Select(_ => random.Next(Kinds.Length))];
            uint[] table = [.. kinds.SelectMany(kind => Addresses(random, Kinds[kind].Bytes))];
            var entry = Kernel.Parse(Body(random, kinds), $".shared .align 16 .b8 tile[{Bytes}];");
            var (together, got) = Run(entry, table, seed, null);
            var (alone, wanted) = Run(entry, table, seed, new PtxTraffic());
            Assert.Equal(alone.ToString(), together.ToString());
            Assert.Equal(wanted, got);
            if (together.Count == 0) clean++;
            else if (together.Findings.Any(finding => finding.Kind is PtxFault.SharedRace or PtxFault.GlobalRace)) races++;
            else others++;
        }

        // All kinds of ends have been there.
        Assert.True(clean > 10 && races > 50 && others > 10, $"{clean} without a finding, {races} with races, {others} with others");
    }

    [Theory]
    [InlineData("add.s32 %r1, %r2, %r3;")]
    [InlineData("sub.u32 %r1, %r2, %r3;")]
    [InlineData("mad.lo.u32 %r1, %r2, %r3, %r2;")]
    [InlineData("shl.b32 %r1, %r2, %r3;")]
    [InlineData("setp.lt.s32 %p1, %r2, %r3;", "selp.u32 %r1, 7, 9, %p1;")]
    [InlineData("cvt.rna.tf32.f32 %r1, %r2;")]
    public void Lanes_outside_of_the_guard_keep_what_they_have(string instruction, string after = "")
    {
        string body = $$"""
            setp.gt.u32 %p1, 0, 1;
            mov.u32 %r1, 7777;
            mul.lo.u32 %r2, %t, 0x9e3779b9;
            and.b32 %r3, %t, 15;
            mul.lo.u32 %r4, %t, 11;
            and.b32 %r4, %r4, 4;
            setp.ne.u32 %p2, %r4, 0;
            GUARD {{instruction}}
            {{after}}
            add.u64 %d1, %out, %mine;
            st.global.u32 [%d1], %r1;
            """;
        uint[] guarded = Output("@%p2 "), all = Output("");
        uint untouched = after.Length == 0 ? 7777u : 9u;
        for (int t = 0; t < 64; t++) Assert.Equal((t * 11 & 4) != 0 ? all[t] : untouched, guarded[t]);

        uint[] Output(string guard)
        {
            var (report, output) = Kernel.Run(body.Replace("GUARD ", guard, StringComparison.Ordinal), 64);
            Assert.True(report.Count == 0, report.ToString());
            return output[..64];
        }
    }

    private static (PtxReport Report, byte[] Output) Run(PtxEntry entry, uint[] table, int seed, PtxTraffic? traffic)
    {
        using var memory = new PtxMemory();
        ulong from = memory.Allocate(table.Length * 4), to = memory.Allocate(Bytes);
        memory.Write(from, MemoryMarshal.AsBytes(table.AsSpan()));
        memory.Fill(to, 1, seed % 3 == 0 ? Bytes / 2 : Bytes);
        var machine = new PtxMachine(memory, PtxChecks.All, seed) { Traffic = traffic };
        var report = machine.Launch(entry, (seed % 4 == 0 ? 2 : 1, 1, 1), (Threads, 1, 1), 0, Kernel.Bytes(from, to));
        byte[] output = new byte[Bytes];
        memory.Read(to, output);
        return (report, output);
    }

    /// <summary>Where the threads go in a step: one place, a row, rows of a few, places at random.</summary>
    private static uint[] Addresses(Random random, int bytes)
    {
        uint size = random.Next(8) == 0 ? 1u << random.Next(5) : (uint)bytes;
        uint group = 1u << random.Next(1, 8), start = size * (uint)random.Next(4);
        int kind = random.Next(6);
        return [.. Enumerable.Range(0, Threads).Select(thread =>
        {
            uint t = (uint)thread, within = t % group, row = t / group;
            uint place = kind switch
            {
                0 => 0,
                1 => t,
                2 => within,
                3 => row,
                4 => (within * 3) + row,
                _ => (uint)random.Next(64),
            };
            return (start + (place * size)) % (random.Next(4000) == 0 ? Bytes : Bytes / 2u);
        })];
    }

    private static string Body(Random random, int[] kinds)
    {
        bool onlyReads = random.Next(3) == 0;
        var body = new StringBuilder("mov.u64 %d3, tile; mov.u32 %r5, %tid.x; mov.u32 %r6, 1; mov.u32 %r7, 2; mov.u32 %r8, 3;\n");
        if (random.Next(4) > 0)
        {
            body.AppendLine("shl.b32 %r9, %t, 4; cvt.u64.u32 %d4, %r9; add.u64 %d4, %d3, %d4;");
            body.AppendLine("st.shared.v4.u32 [%d4], {%r5, %r6, %r7, %r8}; bar.sync 0;");
        }

        for (int step = 0; step < Steps; step++)
        {
            string space = random.Next(2) == 0 ? "shared" : "global";
            var (type, values, _) = Kinds[kinds[step]];
            body.AppendLine($"add.u64 %d5, %in, %mine; ld.global.u32 %r14, [%d5+{step * Threads * 4}]; cvt.u64.u32 %d6, %r14;");
            body.AppendLine($"add.u64 %d6, {(space == "shared" ? "%d3" : "%out")}, %d6;");
            body.AppendLine("mov.u32 %r10, %t; mov.u32 %r11, 5; mov.u32 %r12, 6; mov.u32 %r13, 7; mov.u64 %d10, %mine;");
            string guard = random.Next(4) == 0 ? "@%p3 " : "";
            if (guard.Length > 0)
                body.AppendLine($"and.b32 %r15, %t, {1 << random.Next(6)}; setp.ne.u32 %p3, %r15, 0;");
            bool isRead = onlyReads || random.Next(5) < 3;
            body.AppendLine(isRead ? $"{guard}ld.{space}.{type} {values}, [%d6];" : $"{guard}st.{space}.{type} [%d6], {values};");
            if (random.Next(3) == 0) body.AppendLine(random.Next(2) == 0 ? "bar.sync 0;" : "bar.warp.sync -1;");
        }

        return body.ToString();
    }
}
