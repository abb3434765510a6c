namespace EvsNative.PtxSim;

/// <summary>What a kernel did wrong.</summary>
public enum PtxFault
{
    /// <summary>An access outside of an allocation, variable or parameter. Ends the launch.</summary>
    OutOfBounds,

    /// <summary>An address that is no multiple of the size of the access, vectors as a whole.</summary>
    Misaligned,

    /// <summary>Two threads of a block at one byte of shared memory, one of them writing, with no barrier between.</summary>
    SharedRace,

    /// <summary>Two threads at one byte of global memory, one of them writing, in different blocks or with no barrier between.</summary>
    GlobalRace,

    /// <summary>A register or byte that nothing was written to.</summary>
    UninitialisedRead,

    /// <summary>A barrier or warp instruction that some of the threads do not come to.</summary>
    BarrierDivergence,

    /// <summary>A branch marked uniform that is not.</summary>
    DivergentUniform,

    /// <summary>Threads wait for each other, or run without end. Ends the launch.</summary>
    Deadlock,

    /// <summary>The argument buffer has not the size of the parameters. Nothing runs.</summary>
    ArgumentMismatch,

    /// <summary>More threads or shared memory than there may be. Nothing runs.</summary>
    LaunchLimit,
}

/// <summary>What is looked for; bounds, alignment, barriers and limits always are.</summary>
[Flags]
public enum PtxChecks
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>Races in shared and global memory.</summary>
    Races = 1,

    /// <summary>Reads of what was never written.</summary>
    Uninitialised = 2,

    /// <summary>Everything.</summary>
    All = Races | Uninitialised,
}

/// <summary>A bug: its kind, and who did what where.</summary>
public sealed record PtxFinding(PtxFault Kind, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {Message}";
}

/// <summary>What a launch came to.</summary>
/// <param name="Findings">the first of them, one for each kind and instruction</param>
/// <param name="Count">all of them, repetitions included</param>
/// <param name="Executed">instructions times the threads that executed them</param>
public sealed record PtxReport(IReadOnlyList<PtxFinding> Findings, long Count, long Executed)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Count == 0 ? $"no findings in {Executed} lane instructions" : $"{Count} findings\n{string.Join('\n', Findings)}";
}
