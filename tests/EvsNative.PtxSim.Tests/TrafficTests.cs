namespace EvsNative.PtxSim.Tests;

/// <summary>Counts of what kernels ask of memory, against counts by hand.</summary>
public sealed class TrafficTests
{
    private const int TileBytes = 4096;

    // %r1 is the place of a thread in the tile, %d1 in the input, %d2 in the output, each so many bytes apart.
    private const string Tile = ".shared .align 128 .b8 tile[4096];";

    // The tile's rows of 64 bytes, four chunks each, chunk c of row r at c ^ (r / 2 % 4): %r1 is the place of the thread's row and chunk 0.
    private const string Swizzled =
        "mul.lo.u32 %r1, %t, 64; shr.u32 %r2, %t, 1; and.b32 %r2, %r2, 3; mul.lo.u32 %r2, %r2, 16; add.u32 %r1, %r1, %r2; ";

    [Theory]
    [InlineData("ld.shared.b32 %r3, [%r1];", 4, 1, 1)]
    [InlineData("ld.shared.b32 %r3, [%r1];", 0, 1, 1)]
    [InlineData("ld.shared.b32 %r3, [%r1];", 8, 2, 1)]
    [InlineData("ld.shared.b32 %r3, [%r1];", 12, 1, 1)]
    [InlineData("ld.shared.b32 %r3, [%r1];", 128, 32, 1)]
    [InlineData("ld.shared.u8 %r3, [%r1];", 1, 1, 1)]
    [InlineData("st.shared.b32 [%r1], %t;", 64, 16, 1)]
    [InlineData("st.shared.v2.b32 [%r1], {%t, %t};", 8, 2, 2)]
    [InlineData("st.shared.v2.b32 [%r1], {%t, %t};", 16, 4, 2)]
    [InlineData("st.shared.v4.b32 [%r1], {%t, %t, %t, %t};", 16, 4, 4)]
    [InlineData("st.shared.v4.b32 [%r1], {%t, %t, %t, %t};", 64, 16, 4)]
    [InlineData("st.shared.v4.b32 [%r1], {%t, %t, %t, %t};", 80, 4, 4)]
    [InlineData("ld.shared.v4.b32 {%r3, %r4, %r5, %r6}, [%r1];", 32, 8, 4)]
    [InlineData("setp.lt.u32 %p1, %t, 9; @%p1 ld.shared.v4.b32 {%r3, %r4, %r5, %r6}, [%r1];", 16, 2, 2)]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r3, %r4, %r5, %r6}, [%r1];", 16, 4, 4)]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r3, %r4, %r5, %r6}, [%r1];", 64, 16, 4)]
    [InlineData("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r3, %r4, %r5, %r6}, [%r1];", -1, 4, 4)]
    [InlineData("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%r3, %r4}, [%r1];", 128, 16, 2)]
    [InlineData("cp.async.cg.shared.global [%r1], [%in], 16; cp.async.wait_all;", 64, 16, 4)]
    [InlineData("cp.async.cg.shared.global [%r1], [%in], 16; cp.async.wait_all;", -1, 4, 4)]
    [InlineData("cp.async.cg.shared.global [%r1], [%in], 16, 0; cp.async.wait_all;", -1, 4, 4)]
    [InlineData("cp.async.ca.shared.global [%r1], [%in], 4; cp.async.wait_all;", 4, 1, 1)]
    [InlineData("red.shared.add.u32 [%r1], 1;", 4, 1, 1)]
    [InlineData("red.shared.add.u32 [%r1], 1;", 0, 32, 1)]
    public void Wavefronts_of_shared_memory_are_counted_by_banks(string access, int stride, int wavefronts, int least)
    {
        string place = stride < 0 ? Swizzled : $"mul.lo.u32 %r1, %t, {stride}; ";
        var traffic = Run(place + "mov.u32 %r2, tile; add.u32 %r1, %r1, %r2; " + access, fills: true);
        var counts = traffic.Accesses.Single(pair => access.Contains(pair.Key.Text, StringComparison.Ordinal)).Value;
        Assert.Equal((1, wavefronts, least), (counts.Requests, counts.Wavefronts, counts.LeastWavefronts));
        Assert.Equal((double)wavefronts / least, counts.Conflicts);
    }

    [Theory]
    [InlineData("ld.global.b32 %r3, [%d1];", 4, 4, 4, 128, 0)]
    [InlineData("ld.global.b32 %r3, [%d1];", 0, 1, 1, 4, 0)]
    [InlineData("ld.global.b32 %r3, [%d1];", 8, 8, 4, 128, 0)]
    [InlineData("ld.global.u16 %r3, [%d1];", 32, 32, 2, 64, 0)]
    [InlineData("ld.u32 %r3, [%d1];", 4, 4, 4, 128, 0)]
    [InlineData("ld.global.nc.v4.b32 {%r3, %r4, %r5, %r6}, [%d1];", 16, 16, 16, 512, 0)]
    [InlineData("ld.global.nc.v4.b32 {%r3, %r4, %r5, %r6}, [%d1];", 64, 32, 16, 512, 0)]
    [InlineData("ld.global.v2.b32 {%r3, %r4}, [%d1+8];", 8, 9, 8, 256, 0)]
    [InlineData("st.global.b32 [%d2], %t;", 4, 4, 4, 0, 128)]
    [InlineData("st.global.u8 [%d2], %t;", 1, 1, 1, 0, 32)]
    [InlineData("red.global.add.u32 [%d1], 1;", 4, 4, 4, 128, 128)]
    [InlineData("cp.async.cg.shared.global [%r1], [%d1], 16; cp.async.wait_all;", 16, 16, 16, 512, 0)]
    [InlineData("cp.async.cg.shared.global [%r1], [%d1], 16, 6; cp.async.wait_all;", 16, 16, 6, 192, 0)]
    [InlineData("cp.async.cg.shared.global [%r1], [%d1], 16, 0; cp.async.wait_all;", 16, 0, 0, 0, 0)]
    public void Sectors_and_bytes_of_global_memory_are_counted(string access, int stride, int sectors, int least, int read, int written)
    {
        var traffic = Run(
            "mov.u32 %r1, tile; mul.lo.u32 %r2, %t, 16; add.u32 %r1, %r1, %r2; "
            + $"mul.wide.u32 %d3, %t, {stride}; add.u64 %d1, %in, %d3; add.u64 %d2, %out, %d3; " + access,
            fills: false);
        var counts = Assert.Single(traffic.Accesses).Value;
        Assert.Equal((1, sectors, least), (counts.Requests, counts.Sectors, counts.LeastSectors));
        Assert.Equal((read, written), (counts.BytesRead, counts.BytesWritten));
        Assert.Equal((read, written), (traffic.DistinctBytesRead, traffic.DistinctBytesWritten));
        Assert.Equal(least == 0 ? 1 : (double)sectors / least, counts.Scatter);
    }

    [Fact]
    public void Bytes_that_are_read_again_are_distinct_once_in_each_launch()
    {
        const string Body = "ld.global.b32 %r3, [%in]; ld.global.v2.b32 {%r4, %r5}, [%in]; st.global.b32 [%out], %r3;";
        var traffic = new PtxTraffic();
        for (int launch = 0; launch < 2; launch++) Run(Body, fills: false, traffic, blocks: 3, threads: 1);
        Assert.Equal(2 * 3 * 12, traffic.Total.BytesRead);
        Assert.Equal(2 * 8, traffic.DistinctBytesRead);
        Assert.Equal(2 * 3 * 4, traffic.Total.BytesWritten);
        Assert.Equal(2 * 4, traffic.DistinctBytesWritten);
        Assert.Equal(2 * 3 * 3, traffic.Total.Requests);
    }

    [Fact]
    public void Loops_are_what_leads_to_itself_again_and_the_main_one_can_be_asked_for()
    {
        // Behind the outer loop the text goes forth and back once, which is no loop.
        var entry = Kernel.Parse("""
            mov.u32 %r1, tile; mov.u32 %r2, 0;
            st.shared.b32 [%r1], %t;
            OUTER:
            mov.u32 %r3, 0;
            INNER:
            ld.shared.b32 %r4, [%r1];
            add.u32 %r3, %r3, 1; setp.lt.u32 %p1, %r3, 3;
            @%p1 bra INNER;
            ld.shared.b32 %r4, [%r1+4];
            add.u32 %r2, %r2, 1; setp.lt.u32 %p1, %r2, 2;
            @!%p1 bra LAST;
            bra OUTER;
            BACK:
            ld.shared.b32 %r4, [%r1+8]; bra END;
            LAST: bra BACK;
            ONCE: add.u32 %r3, %r3, 1; @%p1 bra ONCE;
            END:
            """, Tile);
        Assert.Equal(["bra OUTER", "@%p1 bra INNER", "@%p1 bra ONCE"], entry.Loops.Select(loop => loop.Instructions[^1].Text));
        Assert.Equal([10, 4, 2], entry.Loops.Select(loop => loop.Instructions.Count));
        Assert.Equal([false, true, true], entry.Loops.Select(loop => loop.IsInnermost));
        var traffic = new PtxTraffic();
        using var memory = new PtxMemory();
        ulong word = memory.Allocate(4);
        new PtxMachine(memory, PtxChecks.None) { Traffic = traffic }.Launch(entry, (1, 1, 1), (1, 1, 1), 0, Kernel.Bytes(word, word));
        Assert.Equal([8, 6], entry.Loops.Take(2).Select(loop => (int)traffic.Of(loop.Instructions).Requests));
        Assert.Equal(10, traffic.Total.Requests);
    }

    [Fact]
    public void Who_counts_finds_the_same_as_who_does_not()
    {
        const string Race = "mov.u32 %r1, tile; st.shared.b32 [%r1], %t; ld.shared.b32 %r2, [%r1+4]; st.global.b32 [%out], %r2;";
        var entry = Kernel.Parse(Race, Tile);
        Assert.Equal(Kernel.Run(entry, 64).Report.Findings, Launch(entry, new PtxTraffic()).Findings);
        Assert.Equal(Kernel.Run(entry, 64).Report.Executed, Launch(entry, new PtxTraffic()).Executed);
    }

    [Fact]
    public void A_launch_may_end_with_its_first_finding()
    {
        var entry = Kernel.Parse("st.global.u16 [%out+1], %t; st.global.u16 [%out+3], %t;");
        Assert.True(Launch(entry, null).Count > 2);
        var report = Launch(entry, null, stops: true);
        Assert.Equal(1, report.Count);
        Assert.Equal(PtxFault.Misaligned, Assert.Single(report.Findings).Kind);
        Assert.Equal(0, Launch(Kernel.Parse("st.global.u16 [%out], 1;"), null, stops: true, threads: 1).Count);
    }

    private static PtxReport Launch(PtxEntry entry, PtxTraffic? traffic, bool stops = false, int threads = 64)
    {
        using var memory = new PtxMemory();
        ulong from = memory.Allocate(4), to = memory.Allocate(4096);
        return new PtxMachine(memory) { Traffic = traffic, StopsAtFirstFinding = stops }
            .Launch(entry, (1, 1, 1), (threads, 1, 1), 0, Kernel.Bytes(from, to));
    }

    private static PtxTraffic Run(string body, bool fills, PtxTraffic? traffic = null, int blocks = 1, int threads = 32)
    {
        const string Fill = "mul.lo.u32 %r8, %t, 128; mov.u32 %r9, tile; add.u32 %r8, %r8, %r9; ";
        string stores = string.Concat(Enumerable.Range(0, 8).Select(i => $"st.shared.v4.u32 [%r8+{i * 16}], {{%t, %t, %t, %t}}; "));
        traffic ??= new PtxTraffic();
        using var memory = new PtxMemory();
        ulong from = memory.Allocate(TileBytes), to = memory.Allocate(TileBytes);
        memory.Fill(from, 0, TileBytes);
        var report = new PtxMachine(memory, PtxChecks.Uninitialised) { Traffic = traffic }.Launch(
            Kernel.Parse((fills ? Fill + stores + "bar.sync 0; " : "") + body, Tile), (blocks, 1, 1), (threads, 1, 1), 0,
            Kernel.Bytes(from, to));
        Assert.True(report.Count == 0, report.ToString());
        return traffic;
    }
}
