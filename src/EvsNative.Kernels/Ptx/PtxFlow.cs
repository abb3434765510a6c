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
    /// <param name="region">where</param>
    /// <param name="entry">what is known at its entry</param>
    public PtxFlow(PtxArithmetic arithmetic, PtxRegion region, PtxState entry)
    {
        _arithmetic = arithmetic;
        bool[] isWaiting = new bool[region.Blocks.Count];
        isWaiting[0] = true;
        for (bool isOpen = true; isOpen;)
        {
            isOpen = false;
            for (int place = 0; place < isWaiting.Length; place++)
            {
                if (!isWaiting[place]) continue;
                isWaiting[place] = false;
                var block = region.Blocks[place];

                // The region may lead back to its entry; there it ends.
                var state = place == 0 ? entry : Meet(block, region.Predecessors[place]);
                if (state is null || (_before.TryGetValue(block, out var known) && known.Equals(state))) continue;
                Step(block, state);
                foreach (var next in block.Successors)
                {
                    if (region.PlaceOf(next) is not (> 0 and var after)) continue;
                    isWaiting[after] = true;
                    isOpen |= after <= place;
                }
            }
        }
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

    /// <summary>
    /// What is known where all of the blocks that go on to another do so; null if none does. It may be another place's: not to be changed.
    /// </summary>
    public PtxState? Meet(PtxBlock to, List<PtxBlock> from)
    {
        PtxState? state = null;
        bool isOwn = false;
        foreach (var block in from)
        {
            if (!Goes(block, to)) continue;
            var behind = _behind[block];
            if (state is null)
            {
                state = behind;
                continue;
            }

            if (!isOwn) (state, isOwn) = (new PtxState(state), true);
            state.Join(behind);
        }

        return state;
    }

    private void Step(PtxBlock block, PtxState state)
    {
        var behind = new PtxState(state);
        foreach (var line in block.Lines) _arithmetic.Step(behind, line);
        (_before[block], _behind[block]) = (state, behind);
    }
}
