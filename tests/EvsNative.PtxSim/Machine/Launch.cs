using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Machine;

/// <summary>What all blocks of a launch share, and the place where findings get their words.</summary>
internal sealed unsafe class Launch(PtxEntry entry, PtxMemory memory, PtxChecks checks, (int X, int Y, int Z) grid,
    (int X, int Y, int Z) block)
{
    private readonly List<(long FirstInterval, int Block)> _blocks = [];

    public PtxEntry Entry => entry;

    public PtxMemory Memory => memory;

    public (int X, int Y, int Z) GridSize => grid;

    public (int X, int Y, int Z) BlockSize => block;

    public int Threads => block.X * block.Y * block.Z;

    public bool ChecksRaces { get; } = (checks & PtxChecks.Races) != 0;

    public bool ChecksUninitialised { get; } = (checks & PtxChecks.Uninitialised) != 0;

    public int DynamicSharedBytes { get; init; }

    public byte* Arguments { get; init; }

    public PtxTraffic? Traffic { get; init; }

    public bool StopsAtFirstFinding { get; init; }

    public PtxInstruction[] Code { get; } = entry.Code;

    public Findings Findings { get; } = new();

    public long Executed { get; set; }

    public long FirstInterval { get; } = memory.NextInterval;

    /// <summary>Notes which block the coming intervals belong to.</summary>
    public void Begin(int block) => _blocks.Add((memory.NextInterval, block));

    public (int X, int Y, int Z) BlockAt(int index) => (index % grid.X, index / grid.X % grid.Y, index / grid.X / grid.Y);

    public (int X, int Y, int Z) ThreadAt(int index) => (index % block.X, index / block.X % block.Y, index / block.X / block.Y);

    /// <summary>Reports what a thread did by an instruction.</summary>
    public void Report(PtxFault kind, Warp warp, int lane, PtxInstruction instruction, string what)
    {
        if (Findings.IsNew(kind, instruction.Index)) Describe(kind, $"{Thread(warp, lane)}: {instruction}: {what}");
    }

    /// <summary>Reports two accesses that are in no order.</summary>
    public void ReportRace(PtxFault kind, Warp warp, int lane, PtxInstruction instruction, ulong other, string place)
    {
        var second = Code[RaceShadow.Instruction(other)];
        if (!Findings.IsNew(kind, instruction.Index, second.Index)) return;
        int at = _blocks.FindLastIndex(begun => begun.FirstInterval <= RaceShadow.Interval(other));
        string who = RaceShadow.Thread(other) == warp.FirstThread + lane && _blocks[at].Block == warp.Block.Index
            ? "another thread"
            : $"thread {ThreadAt(RaceShadow.Thread(other))} of block {BlockAt(_blocks[at].Block)}";
        Describe(kind, $"{Thread(warp, lane)}: {instruction}: {place} is touched by {who}, too, in no order: {second}");
    }

    /// <summary>Reports what ends the launch, and ends it.</summary>
    public LaunchEndedException End(PtxFault kind, Warp warp, int lane, PtxInstruction instruction, string what)
    {
        Report(kind, warp, lane, instruction, what);
        return new LaunchEndedException();
    }

    private void Describe(PtxFault kind, string message)
    {
        Findings.Describe(kind, message);
        if (StopsAtFirstFinding) throw new LaunchEndedException();
    }

    private string Thread(Warp warp, int lane) => $"thread {ThreadAt(warp.FirstThread + lane)} of block {BlockAt(warp.Block.Index)}";
}
