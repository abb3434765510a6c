namespace EvsNative.Kernels.Ptx;

/// <summary>
/// What is known at each place of a region of a graph, with the ways that cannot be gone left out (M. Wegman, F. Zadeck, "Constant
/// Propagation with Conditional Branches"). A region is a whole function, or one round of a loop.
/// </summary>
internal sealed class PtxFlow
{
    private readonly Dictionary<PtxBlock, PtxState> _before = [];
    private readonly Dictionary<PtxBlock, PtxState> _behind = [];
    private readonly PtxArithmetic _arithmetic;

    /// <param name="arithmetic">what instructions do</param>
    /// <param name="order">the region's blocks in reverse postorder, its entry first</param>
    /// <param name="entry">what is known at the entry</param>
    public PtxFlow(PtxArithmetic arithmetic, List<PtxBlock> order, PtxState entry)
    {
        _arithmetic = arithmetic;
        var predecessors = order.ToDictionary(block => block, _ => new List<PtxBlock>());
        foreach (var block in order)
            foreach (var next in block.Successors)
                if (predecessors.TryGetValue(next, out var list)) list.Add(block);

        // One walk is enough if no block of the region is reached from a later one.
        var place = new Dictionary<PtxBlock, int>(order.Count);
        foreach (var block in order) place[block] = place.Count;
        bool hasLoops = order.Skip(1).Any(block => predecessors[block].Exists(before => place[before] >= place[block]));
        while (Walk(order, predecessors, entry) && hasLoops) { }
    }

    /// <summary>What is known where a block begins; null if it is never reached.</summary>
    public PtxState? Before(PtxBlock block) => _before.GetValueOrDefault(block);

    /// <summary>What is known at the end of a block; null if it is never reached.</summary>
    public PtxState? Behind(PtxBlock block) => _behind.GetValueOrDefault(block);

    /// <summary>Where a reached block's branch always goes; null if that depends on the run, or there is none.</summary>
    public PtxBlock? Decided(PtxBlock block)
    {
        if (block.Target is null || _behind[block][block.Guard.TrimStart('!')] is not { IsInteger: true } predicate) return null;
        return (predicate.Number != 0) == (block.Guard[0] != '!') ? block.Target : block.Next;
    }

    /// <summary>True if a block is reached and may go on to another.</summary>
    public bool Goes(PtxBlock from, PtxBlock to) =>
        _behind.ContainsKey(from) && (Decided(from) is { } decided ? decided == to : from.Target == to || from.Next == to);

    /// <summary>What is known where all of the blocks that go on to another do so; null if none does.</summary>
    public PtxState? Meet(PtxBlock to, IEnumerable<PtxBlock> from)
    {
        PtxState? state = null;
        foreach (var block in from)
        {
            if (!Goes(block, to)) continue;
            if (state is null) state = new PtxState(_behind[block]);
            else state.Join(_behind[block]);
        }

        return state;
    }

    // The region may lead back to its entry; there it ends.
    private bool Walk(List<PtxBlock> order, Dictionary<PtxBlock, List<PtxBlock>> predecessors, PtxState entry)
    {
        bool isChanged = false;
        foreach (var block in order)
        {
            var state = block == order[0] ? entry : Meet(block, predecessors[block]);
            if (state is null || (_before.TryGetValue(block, out var known) && known.Equals(state))) continue;
            isChanged = true;
            var behind = new PtxState(state);
            foreach (var line in block.Lines) _arithmetic.Step(behind, line);
            (_before[block], _behind[block]) = (state, behind);
        }

        return isChanged;
    }
}
