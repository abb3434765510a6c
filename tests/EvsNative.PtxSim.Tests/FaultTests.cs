namespace EvsNative.PtxSim.Tests;

/// <summary>Each fault is found in a kernel that has it and in nothing else of a kernel that has it not.</summary>
public sealed class FaultTests
{
    /// <summary>A loop of three rounds: what stands between is done from the second one on, up to the label A.</summary>
    private const string InLaterRounds = "mov.u32 %r3, 0; L: setp.eq.u32 %p1, %r3, 0; @%p1 bra A; ",
        RoundAgain = " add.u32 %r3, %r3, 1; setp.lt.u32 %p2, %r3, 3; @%p2 bra L;";

    private const string Tile = ".shared .align 4 .b8 tile[256];";

    [Fact]
    public void A_read_past_the_end_of_global_memory_ends_the_launch()
    {
        var (report, _) = Kernel.Run("add.u64 %d1, %out, %mine; st.global.u32 [%d1+4], %t;", 4, outputs: 4);
        var finding = Assert.Single(report.Findings);
        Assert.Equal(PtxFault.OutOfBounds, finding.Kind);
        Assert.Contains("thread (3, 0, 0) of block (0, 0, 0)", finding.Message, StringComparison.Ordinal);
        Assert.Contains("st.global.u32 [%d1+4], %t", finding.Message, StringComparison.Ordinal);
        Assert.Contains("at offset 16 of an allocation of 16 bytes", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ld.global.u32 %r1, [%in+-4];")]
    [InlineData("mov.u64 %d1, 12345; ld.global.u32 %r1, [%d1];")]
    [InlineData("mul.wide.u32 %d1, 4294967295, 4; add.u64 %d1, %in, %d1; ld.global.u32 %r1, [%d1];")]
    [InlineData("mov.u64 %d1, tile; ld.shared.u32 %r1, [%d1+256];")]
    [InlineData("mov.u64 %d1, second; st.shared.u32 [%d1+-4], %t;")]
    [InlineData("mov.u64 %d1, mine; st.local.u32 [%d1+8], %t;")]
    [InlineData("ld.param.u64 %d1, [in+8];")]
    [InlineData("cvta.shared.u64 %d1, 4096; ld.u32 %r1, [%d1];")]
    public void Accesses_outside_of_every_space_are_out_of_bounds(string body)
    {
        var (report, _) = Kernel.Run(body, 1, [0], declarations: Tile + " .shared .align 4 .b8 second[4]; .local .align 4 .b8 mine[8];");
        Assert.Equal(PtxFault.OutOfBounds, Assert.Single(report.Findings).Kind);
    }

    [Fact]
    public void Freed_memory_is_out_of_bounds()
    {
        using var memory = new PtxMemory();
        ulong gone = memory.Allocate(64), there = memory.Allocate(64);
        memory.Free(gone);
        var report = new PtxMachine(memory)
            .Launch(Kernel.Parse("ld.global.u32 %r1, [%in];"), (1, 1, 1), (1, 1, 1), 0, Kernel.Bytes(gone, there));
        Assert.Contains("freed", Assert.Single(report.Findings).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => memory.Free(gone));
    }

    [Theory]
    [InlineData("st.global.u32 [%out+2], %t;", true)]
    [InlineData("st.global.v2.u32 [%out+4], {%t, %t};", true)]
    [InlineData("st.global.v4.u32 [%out+8], {%t, %t, %t, %t};", true)]
    [InlineData("st.global.u64 [%out+4], %mine;", true)]
    [InlineData("st.global.v2.u32 [%out+8], {%t, %t};", false)]
    [InlineData("st.global.v4.u32 [%out+16], {%t, %t, %t, %t};", false)]
    [InlineData("st.global.u8 [%out+3], %t;", false)]
    public void Accesses_are_aligned_to_their_whole_size(string body, bool isMisaligned)
    {
        var (report, _) = Kernel.Run(body, 1);
        Assert.Equal(isMisaligned ? [PtxFault.Misaligned] : [], report.Findings.Select(finding => finding.Kind));
    }

    [Theory]
    [InlineData("", "1", "", true)]
    [InlineData("bar.sync 0;", "1", "", false)]
    [InlineData("bar.sync 0;", "1", "st.shared.u32 [%d2], %r2;", true)]
    [InlineData("bar.sync 0;", "1", "bar.sync 0; st.shared.u32 [%d2], %r2;", false)]
    [InlineData("bar.warp.sync -1;", "1", "", false)]
    [InlineData("bar.warp.sync -1;", "1", "st.shared.u32 [%d2], %r2;", true)]
    [InlineData("bar.warp.sync -1;", "32", "", true)]
    [InlineData("", "0", "", false)]
    public void Shared_memory_is_exchanged_over_barriers_only(string between, string other, string after, bool hasRace)
    {
        string body = Exchange(between, other, after);
        var (report, output) = Kernel.Run(body, 64, declarations: Tile);
        Assert.Equal(hasRace, report.Findings.Any(finding => finding.Kind == PtxFault.SharedRace));
        Assert.All(report.Findings,
            finding => Assert.True(finding.Kind is PtxFault.SharedRace or PtxFault.UninitialisedRead, finding.Message));
        if (!hasRace) Assert.Equal(Enumerable.Range(0, 64).Select(t => (uint)(t ^ int.Parse(other, null))), output[..64]);
    }

    [Fact]
    public void A_race_names_both_threads_and_both_instructions()
    {
        var (report, _) = Kernel.Run(Exchange("bar.sync 0;", "1", "st.shared.u32 [%d2], %r2;"), 2, declarations: Tile);
        string message = report.Findings[0].Message;
        Assert.Matches(@"thread \(0, 0, 0\).*st\.shared\.u32 \[%d2\], %r2.*thread \(1, 0, 0\).*ld\.shared\.u32 %r2", message);
    }

    [Fact]
    public void Bytes_beside_each_other_are_no_race_and_one_byte_is()
    {
        const string Store = "mov.u64 %d1, tile; cvt.u64.u32 %d2, %t; add.u64 %d1, %d1, %d2; st.shared.u8 [%d1], %t; ";
        Assert.Equal(0, Kernel.Run(Store + "ld.shared.u8 %r1, [%d1];", 64, declarations: Tile).Report.Count);
        const string Clear = "mov.u32 %r1, 0; mov.u64 %d1, tile; setp.eq.u32 %p1, %t, 0; @%p1 st.shared.u32 [%d1], %r1; bar.sync 0; ";
        var (report, _) = Kernel.Run(Clear + Store + "ld.shared.u8 %r1, [%d1+1];", 2, declarations: Tile);
        Assert.All(report.Findings, finding => Assert.Equal(PtxFault.SharedRace, finding.Kind));
        Assert.NotEmpty(report.Findings);
    }

    [Theory]
    [InlineData("mov.u32 %r1, %ctaid.x; st.global.u32 [%out], %r1;", true)]
    [InlineData("mov.u32 %r1, %ctaid.x; mul.wide.u32 %d1, %r1, 4; add.u64 %d1, %out, %d1; st.global.u32 [%d1], %r1;", false)]
    [InlineData("red.global.add.u32 [%in], 1;", false)]
    [InlineData("atom.global.add.u32 %r1, [%in], 1; ld.global.u32 %r2, [%in];", true)]
    [InlineData("ld.global.u32 %r2, [%in]; st.global.u32 [%in], %r2;", true)]
    [InlineData("ld.global.u32 %r2, [%in];", false)]
    [InlineData("mov.u32 %r1, %ctaid.x; setp.eq.u32 %p1, %r1, 1; @%p1 st.global.u32 [%in], %r1; @!%p1 ld.global.u32 %r2, [%in];", true)]
    public void Blocks_of_a_launch_share_no_byte_that_one_of_them_writes(string body, bool hasRace)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            var (report, _) = Kernel.Run(body, 1, [0], blocks: 3, seed: seed);
            Assert.Equal(hasRace ? [PtxFault.GlobalRace] : [], report.Findings.Select(finding => finding.Kind).Distinct());
        }
    }

    [Fact]
    public void Launches_are_in_order_with_each_other()
    {
        using var memory = new PtxMemory();
        ulong word = memory.Allocate(4);
        var machine = new PtxMachine(memory);
        var entry = Kernel.Parse("st.global.u32 [%out], %t;");
        for (int i = 0; i < 3; i++) Assert.Equal(0, machine.Launch(entry, (1, 1, 1), (1, 1, 1), 0, Kernel.Bytes(word, word)).Count);
    }

    [Theory]
    [InlineData("add.u32 %r1, %r2, 1;", true)]
    [InlineData("mov.u32 %r2, 1; add.u32 %r1, %r2, 1;", false)]
    [InlineData("setp.eq.u32 %p1, %t, 0; @%p1 mov.u32 %r2, 1; add.u32 %r1, %r2, 1;", true)]
    [InlineData("setp.eq.u32 %p1, %t, 0; @%p1 mov.u32 %r2, 1; @%p1 add.u32 %r1, %r2, 1;", false)]
    [InlineData("@%p1 mov.u32 %r2, 1;", true)]
    [InlineData("setp.eq.u32 %p1, %t, 0; @%p1 bra A; mov.u32 %r2, 1; A: add.u32 %r1, %r2, 1;", true)]
    [InlineData("setp.eq.u32 %p1, %t, 99; @%p1 bra A; mov.u32 %r2, 1; A: add.u32 %r1, %r2, 1;", false)]
    [InlineData("bra B; A: add.u32 %r1, %r2, 1; bra C; B: mov.u32 %r3, 1; bra A; C: mov.u32 %r2, 1;", true)]
    [InlineData(InLaterRounds + "add.u32 %r1, %r2, 1; A: mov.u32 %r2, 1;" + RoundAgain, false)]
    [InlineData(InLaterRounds + "add.u32 %r1, %r2, 1; A:" + RoundAgain, true)]
    [InlineData("mov.u64 %d1, tile; add.u64 %d1, %d1, %mine; ld.shared.u32 %r1, [%d1];", true)]
    [InlineData("mov.u64 %d1, tile; add.u64 %d1, %d1, %mine; st.shared.u16 [%d1], %t; ld.shared.u32 %r1, [%d1];", true)]
    [InlineData("mov.u64 %d1, mine; ld.local.u32 %r1, [%d1];", true)]
    [InlineData("mov.u64 %d1, mine; st.local.u32 [%d1+4], %t; ld.local.u32 %r1, [%d1+4];", false)]
    [InlineData("add.u64 %d1, %out, %mine; ld.global.u32 %r1, [%d1];", true)]
    [InlineData("add.u64 %d1, %out, %mine; st.global.u32 [%d1], %t; ld.global.u32 %r1, [%d1];", false)]
    [InlineData("add.u64 %d1, %out, %mine; red.global.add.u32 [%d1], 1;", true)]
    public void What_was_never_written_is_not_read(string body, bool isFound)
    {
        var (report, _) = Kernel.Run(body, 33, declarations: Tile + " .local .align 4 .b8 mine[8];");
        Assert.Equal(isFound ? [PtxFault.UninitialisedRead] : [], report.Findings.Select(finding => finding.Kind));
    }

    [Theory]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 bar.sync 0;", 32, true)]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 bra A; bar.sync 0; bra B; A: bar.sync 0; B:", 32, true)]
    [InlineData("setp.lt.u32 %p1, %t, 32; @%p1 bra A; bar.sync 0; bra B; A: bar.sync 0; B:", 64, true)]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 ret; bar.sync 0;", 32, true)]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 bra A; B: bar.sync 0; ret; A: mov.u32 %r1, 1; bra B;", 64, false)]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 bra A; mov.u32 %r1, 1; A: bar.sync 0;", 64, false)]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 shfl.sync.bfly.b32 %r1, %t, 1, 31, -1; bar.sync 0;", 32, true)]
    [InlineData("setp.lt.u32 %p1, %t, 4; @%p1 shfl.sync.bfly.b32 %r1, %t, 1, 31, 15;", 32, false)]
    [InlineData("shfl.sync.down.b32 %r1, %t, 1, 31, -1;", 40, true)]
    [InlineData("shfl.sync.bfly.b32 %r1, %t, 1, 31, -1;", 40, false)]
    public void All_threads_come_to_barriers_and_warp_instructions(string body, int threads, bool isDivergent)
    {
        var (report, _) = Kernel.Run(body, threads);
        Assert.Equal(isDivergent ? [PtxFault.BarrierDivergence] : [], report.Findings.Select(finding => finding.Kind).Distinct());
    }

    [Theory]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 bra.uni A; A:", true)]
    [InlineData("setp.lt.u32 %p1, %t, 32; @%p1 bra.uni A; A:", false)]
    [InlineData("setp.lt.u32 %p1, %t, 5; @%p1 bra A; A:", false)]
    public void Branches_marked_uniform_are(string body, bool isFound)
    {
        var (report, _) = Kernel.Run(body, 64);
        Assert.Equal(isFound ? [PtxFault.DivergentUniform] : [], report.Findings.Select(finding => finding.Kind));
    }

    [Theory]
    [InlineData("A: bra A;")]
    [InlineData("setp.lt.u32 %p1, %t, 32; @%p1 bra A; bar.sync 1; bra B; A: bar.sync 0; B:")]
    public void What_never_ends_is_ended(string body)
    {
        var (report, _) = Kernel.Run(body, 64, limit: 100_000);
        Assert.Equal(PtxFault.Deadlock, Assert.Single(report.Findings).Kind);
    }

    [Theory]
    [InlineData(16, 64, 0, null)]
    [InlineData(8, 64, 0, PtxFault.ArgumentMismatch)]
    [InlineData(24, 64, 0, PtxFault.ArgumentMismatch)]
    [InlineData(16, 65, 0, PtxFault.LaunchLimit)]
    [InlineData(16, 1025, 0, PtxFault.LaunchLimit)]
    [InlineData(16, 0, 0, PtxFault.LaunchLimit)]
    [InlineData(16, 64, 227 * 1024, PtxFault.LaunchLimit)]
    [InlineData(16, 64, (227 * 1024) - 256, null)]
    public void A_launch_keeps_to_the_limits_of_kernel_and_device(int argumentBytes, int threads, int dynamicShared, PtxFault? wanted)
    {
        using var memory = new PtxMemory();
        var entry = Kernel.Parse("", Tile, ".maxntid 64, 1, 1");
        var report = new PtxMachine(memory).Launch(entry, (1, 1, 1), (threads, 1, 1), dynamicShared, new byte[argumentBytes]);
        Assert.Equal(wanted is { } kind ? [kind] : [], report.Findings.Select(finding => finding.Kind).Distinct());
        Assert.Equal(wanted is null, report.Executed > 0);
    }

    [Fact]
    public void Findings_are_the_first_of_each_kind_and_place_and_a_count_of_all()
    {
        var (report, _) = Kernel.Run("st.global.u16 [%out+1], %t; st.global.u16 [%out+3], %t;", 32);
        Assert.Equal(2, report.Findings.Count(finding => finding.Kind == PtxFault.Misaligned));
        Assert.True(report.Count >= 64);
    }

    [Fact]
    public void Checks_that_are_switched_off_find_nothing()
    {
        using var memory = new PtxMemory();
        ulong word = memory.Allocate(4);
        var entry = Kernel.Parse("ld.global.u32 %r1, [%out]; st.global.u32 [%out], %r2;");
        Assert.Equal(0, new PtxMachine(memory, PtxChecks.None).Launch(entry, (2, 1, 1), (2, 1, 1), 0, Kernel.Bytes(word, word)).Count);
    }

    /// <summary>Each thread writes its word of the tile; the other half of the kernel reads another one's.</summary>
    private static string Exchange(string between, string other, string after) => $$"""
        mov.u64 %d1, tile;
        add.u64 %d2, %d1, %mine;
        st.shared.u32 [%d2], %t;
        {{between}}
        xor.b32 %r1, %t, {{other}};
        mul.wide.u32 %d3, %r1, 4;
        add.u64 %d3, %d1, %d3;
        ld.shared.u32 %r2, [%d3];
        {{after}}
        add.u64 %d4, %out, %mine;
        st.global.u32 [%d4], %r2;
        """;
}
