namespace EvsNative.Kernels.Ptx;

/// <summary>A loop with one entry: its header, and all blocks from which the header is reached again without leaving.</summary>
internal sealed record PtxLoop(PtxBlock Header, HashSet<PtxBlock> Blocks);

/// <summary>The loops of a graph.</summary>
internal static class PtxLoops
{
    /// <summary>Blocks from a start, each after all that lead to it, but for loops (reverse postorder).</summary>
    /// <param name="start">the first</param>
    /// <param name="isInside">which blocks count; all if absent</param>
    public static List<PtxBlock> Order(PtxBlock start, Func<PtxBlock, bool>? isInside = null)
    {
        var seen = new HashSet<PtxBlock> { start };
        var open = new Stack<(PtxBlock Block, IEnumerator<PtxBlock> Successors)>();
        List<PtxBlock> order = [];
        open.Push((start, start.Successors.GetEnumerator()));
        while (open.TryPeek(out var top))
        {
            if (!top.Successors.MoveNext())
            {
                order.Add(top.Block);
                open.Pop();
                continue;
            }

            var next = top.Successors.Current;
            if (isInside?.Invoke(next) != false && seen.Add(next)) open.Push((next, next.Successors.GetEnumerator()));
        }

        order.Reverse();
        return order;
    }

    /// <summary>All loops, inner ones before those around them. What is entered in two places is none.</summary>
    public static List<PtxLoop> Find(PtxGraph graph)
    {
        var order = Order(graph.Blocks[0]);
        var predecessors = graph.Predecessors();
        var dominators = Dominators(order, predecessors);
        List<PtxLoop> loops = [];
        foreach (var header in order)
        {
            var latches = predecessors[header].FindAll(block => Dominates(dominators, header, block));
            if (latches.Count > 0) loops.Add(new PtxLoop(header, Body(header, latches, predecessors)));
        }

        loops.Sort((a, b) => a.Blocks.Count.CompareTo(b.Blocks.Count));
        return loops;
    }

    private static HashSet<PtxBlock> Body(PtxBlock header, List<PtxBlock> latches, Dictionary<PtxBlock, List<PtxBlock>> predecessors)
    {
        var body = new HashSet<PtxBlock> { header };
        var open = new Stack<PtxBlock>(latches);
        while (open.TryPop(out var block))
        {
            if (!body.Add(block)) continue;
            foreach (var before in predecessors[block]) open.Push(before);
        }

        return body;
    }

    // The nearest block that all ways to a block pass. K. Cooper, T. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm".
    private static Dictionary<PtxBlock, PtxBlock> Dominators(List<PtxBlock> order, Dictionary<PtxBlock, List<PtxBlock>> predecessors)
    {
        var number = order.Select((block, i) => (block, i)).ToDictionary(pair => pair.block, pair => pair.i);
        var nearest = new Dictionary<PtxBlock, PtxBlock> { [order[0]] = order[0] };
        for (bool isChanged = true; isChanged;)
        {
            isChanged = false;
            foreach (var block in order.Skip(1))
            {
                PtxBlock? common = null;
                foreach (var before in predecessors[block].Where(nearest.ContainsKey))
                    common = common is null ? before : Meet(common, before);
                if (nearest.TryGetValue(block, out var known) && known == common) continue;
                nearest[block] = common!;
                isChanged = true;
            }
        }

        return nearest;

        PtxBlock Meet(PtxBlock a, PtxBlock b)
        {
            while (a != b)
            {
                while (number[a] > number[b]) a = nearest[a];
                while (number[b] > number[a]) b = nearest[b];
            }

            return a;
        }
    }

    private static bool Dominates(Dictionary<PtxBlock, PtxBlock> nearest, PtxBlock a, PtxBlock b)
    {
        while (a != b && nearest[b] != b) b = nearest[b];
        return a == b;
    }
}
