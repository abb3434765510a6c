namespace EvsNative.PtxSim.Machine;

/// <summary>Collects what is wrong: messages of the first few, a count of all.</summary>
internal sealed class Findings
{
    private const int Most = 20;

    private readonly List<PtxFinding> _list = [];
    private readonly HashSet<(PtxFault, int, int)> _known = [];

    public IReadOnlyList<PtxFinding> List => _list;

    public long Count { get; private set; }

    /// <summary>
    /// Counts a finding. True if it is to be described by <see cref="Describe"/>: its kind is new at these two instructions.
    /// </summary>
    public bool IsNew(PtxFault kind, int instruction, int other = -1)
    {
        Count++;
        return _list.Count < Most && _known.Add((kind, instruction, other));
    }

    public void Describe(PtxFault kind, string message) => _list.Add(new PtxFinding(kind, message));
}

/// <summary>Ends a launch that cannot go on; what happened is among the findings.</summary>
internal sealed class LaunchEndedException : Exception;
