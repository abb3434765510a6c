namespace EvsNative.Kernels.Ptx;

/// <summary>Some blocks of a graph with one entry: a whole function, or a loop. The graph must not change meanwhile.</summary>
internal sealed class PtxRegion
{
    private readonly Dictionary<PtxBlock, int> _places;

    /// <param name="order">the blocks in reverse postorder, the entry first</param>
    public PtxRegion(List<PtxBlock> order)
    {
        Blocks = order;
        _places = new Dictionary<PtxBlock, int>(order.Count);
        Predecessors = order.ConvertAll(_ => new List<PtxBlock>());
        foreach (var block in order) _places[block] = _places.Count;
        foreach (var block in order)
            foreach (var next in block.Successors)
                if (_places.TryGetValue(next, out int place)) Predecessors[place].Add(block);
    }

    public static PtxRegion Of(PtxGraph graph) => new(PtxLoops.Order(graph.Blocks[0]));

    public static PtxRegion Of(PtxLoop loop) => new(PtxLoops.Order(loop.Header, loop.Blocks.Contains));

    public IReadOnlyList<PtxBlock> Blocks { get; }

    /// <summary>Who goes to the block of each place, of those in the region.</summary>
    public IReadOnlyList<List<PtxBlock>> Predecessors { get; }

    /// <summary>Where a block stands in the order; -1 outside.</summary>
    public int PlaceOf(PtxBlock block) => _places.GetValueOrDefault(block, -1);
}
