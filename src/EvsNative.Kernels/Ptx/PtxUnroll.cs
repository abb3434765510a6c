namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Writes out loops whose number of rounds is known, inner ones first. A round is run in the mind: if it is certain after which round the
/// header is not reached again, the loop becomes that many copies of its body, without what the known conditions exclude. Registers of PTX
/// can be written often, so that a copy needs no new names. The assembler then folds the counters.
/// </summary>
internal static class PtxUnroll
{
    /// <summary>Most rounds of a loop.</summary>
    public const int MostRounds = 64;

    /// <summary>Most rounds of a loop that goes through an array of the thread.</summary>
    public const int MostPlaces = 256;

    /// <summary>Most statements of a function afterwards.</summary>
    public const int MostLines = 32768;

    /// <summary>
    /// Most statements of a loop afterwards: more would not stay in the instruction cache. The assembler still takes a few rounds together.
    /// </summary>
    public const int MostLinesOfLoop = 4096;

    // A loop around another that stays is only copied if it is small: copies of the inner one gain nothing.
    private const int MostLinesAround = 1024;

    public static void Run(PtxGraph graph)
    {
        var arithmetic = new PtxArithmetic(PtxPromotion.Arrays(graph).Keys.ToHashSet());
        var refused = new HashSet<PtxBlock>();
        while (Step(graph, arithmetic, refused)) graph.Tidy();
    }

    // Loops that do not touch one another can be written out on one analysis.
    private static bool Step(PtxGraph graph, PtxArithmetic arithmetic, HashSet<PtxBlock> refused)
    {
        var loops = PtxLoops.Find(graph).FindAll(loop => !refused.Contains(loop.Header));
        if (loops.Count == 0) return false;
        var flow = new PtxFlow(arithmetic, PtxRegion.Of(graph), new PtxState());
        var predecessors = graph.Predecessors();
        var changed = new HashSet<PtxBlock>();
        int size = graph.Size;
        foreach (var loop in loops)
        {
            if (changed.Overlaps(loop.Blocks)) continue;
            bool isAround =
                loops.Exists(inner => inner.Header != loop.Header && loop.Blocks.Contains(inner.Header)) || refused.Overlaps(loop.Blocks);
            int lines = loop.Blocks.Sum(block => block.Lines.Count);

            // Where a counter is a place in an array of the thread, the array can only go to registers if the loop goes.
            bool isNeeded =
                loop.Blocks.Any(block => flow.Before(block) is { } state && PtxPromotion.HasUnknownPlace(block, state, arithmetic));
            int most = Math.Min(MostLines - size, isNeeded ? MostLines : isAround ? MostLinesAround : MostLinesOfLoop);
            int mostRounds = isNeeded ? MostPlaces : MostRounds;
            var outside = predecessors[loop.Header].FindAll(block => !loop.Blocks.Contains(block));
            var entry = loop.Header == graph.Blocks[0] ? null : flow.Meet(loop.Header, outside);
            if (entry is null || Rounds(arithmetic, loop, entry, most, mostRounds) is not { } rounds)
            {
                // Behind a loop that has just been written out more may be known.
                if (!changed.Overlaps(outside)) refused.Add(loop.Header);
                continue;
            }

            size += rounds.Sum(round => round.Lines) - lines;
            changed.UnionWith(loop.Blocks);
            Replace(graph, loop, rounds);
        }

        return changed.Count > 0;
    }

    // Each round, or null if their number is not known.
    private static List<Round>? Rounds(PtxArithmetic arithmetic, PtxLoop loop, PtxState entry, int most, int mostRounds)
    {
        var region = PtxRegion.Of(loop);
        List<Round> rounds = [];
        int lines = 0;
        for (var state = entry; state is not null;)
        {
            var flow = new PtxFlow(arithmetic, region, state);
            var reached = region.Blocks.Where(block => flow.Before(block) is not null).ToList();
            bool isDecided = reached.Exists(block => EndsRounds(loop, block) && flow.Decided(block) is not null);
            var round = new Round(flow, reached, reached.Sum(block => block.Lines.Count));
            rounds.Add(round);
            lines += round.Lines;
            if (!isDecided || rounds.Count > mostRounds + 1 || lines > most) return null;
            state = flow.Meet(loop.Header, reached);
        }

        return rounds;
    }

    // A branch out of the loop or to its next round: if none of them is known at once, none will be.
    private static bool EndsRounds(PtxLoop loop, PtxBlock block) =>
        block.Successors.Any(next => next == loop.Header || !loop.Blocks.Contains(next));

    private static void Replace(PtxGraph graph, PtxLoop loop, List<Round> rounds)
    {
        var copies =
            rounds.ConvertAll(round => round.Blocks.ToDictionary(block => block, block => new PtxBlock { Lines = [.. block.Lines] }));
        for (int i = 0; i < rounds.Count; i++)
        {
            foreach (var (block, copy) in copies[i])
            {
                var decided = rounds[i].Flow.Decided(block);
                copy.Next = Copy(decided ?? block.Next, i);
                if (decided is null && block.Target is not null) (copy.Guard, copy.Target) = (block.Guard, Copy(block.Target, i));
            }
        }

        foreach (var block in graph.Blocks)
        {
            if (block.Target == loop.Header) block.Target = copies[0][loop.Header];
            if (block.Next == loop.Header) block.Next = copies[0][loop.Header];
        }

        var inText = graph.Blocks.FindAll(loop.Blocks.Contains);
        graph.Blocks.InsertRange(graph.Blocks.IndexOf(loop.Header),
            copies.SelectMany(round => inText.Where(round.ContainsKey).Select(block => round[block])));
        graph.Blocks.RemoveAll(loop.Blocks.Contains);

        PtxBlock? Copy(PtxBlock? to, int round) => to is null || !loop.Blocks.Contains(to) ? to
            : to == loop.Header ? copies[round + 1][to] : copies[round][to];
    }

    private sealed record Round(PtxFlow Flow, List<PtxBlock> Blocks, int Lines);
}
