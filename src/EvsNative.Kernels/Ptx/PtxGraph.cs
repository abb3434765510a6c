namespace EvsNative.Kernels.Ptx;

/// <summary>Statements that run one after the other, and where it goes on.</summary>
internal sealed class PtxBlock
{
    /// <summary>Without labels and branches.</summary>
    public List<PtxLine> Lines { get; init; } = [];

    /// <summary>When to go to <see cref="Target"/>; empty if there is none.</summary>
    public string Guard { get; set; } = "";

    /// <summary>Next if the guard holds.</summary>
    public PtxBlock? Target { get; set; }

    /// <summary>Next otherwise; null where the function ends.</summary>
    public PtxBlock? Next { get; set; }

    public IEnumerable<PtxBlock> Successors
    {
        get
        {
            if (Target is not null) yield return Target;
            if (Next is not null) yield return Next;
        }
    }
}

/// <summary>The body of a function as blocks. Unconditional branches are gone: the text gets those that its order needs.</summary>
internal sealed class PtxGraph
{
    /// <summary>Registers and arrays.</summary>
    public List<PtxLine> Declarations { get; } = [];

    /// <summary>In the order of the text; the first is where the function begins.</summary>
    public List<PtxBlock> Blocks { get; private set; } = [];

    /// <summary>Statements in all.</summary>
    public int Size => Blocks.Sum(block => block.Lines.Count);

    /// <summary>The blocks of a body; null if it jumps by tables.</summary>
    public static PtxGraph? Build(IReadOnlyList<PtxLine> body)
    {
        var graph = new PtxGraph();
        var labels = new Dictionary<string, PtxBlock>();
        foreach (var line in body)
        {
            if (line.Kind == PtxLineKind.Label) labels.Add(line.Opcode, new PtxBlock());
            if (line.Kind == PtxLineKind.Directive && line.Text.Contains(".branchtargets", StringComparison.Ordinal)) return null;
        }

        var block = graph.Open(new PtxBlock());
        foreach (var line in body)
        {
            if (block is null && line.Kind != PtxLineKind.Label) block = graph.Open(new PtxBlock());
            if (line.Kind == PtxLineKind.Directive) graph.Declarations.Add(line);
            else if (line.Kind == PtxLineKind.Label) block = graph.Open(labels[line.Opcode], block);
            else if (line.Name != "bra")
            {
                block!.Lines.Add(line);
                if (line.IsEnd) block = null;
            }
            else if (!labels.TryGetValue(line.Operands[0], out var target)) return null;
            else if (line.Guard.Length == 0) (block!.Next, block) = (target, null);
            else
            {
                (block!.Guard, block.Target) = (line.Guard, target);
                block = graph.Open(new PtxBlock(), block);
            }
        }

        block?.Lines.Add(PtxLine.Instruction("ret", ""));
        graph.Tidy();
        return graph;
    }

    /// <summary>The body again, with labels in the order of the text.</summary>
    public List<PtxLine> ToLines()
    {
        var labels = new Dictionary<PtxBlock, string>();
        for (int i = 0; i < Blocks.Count; i++)
        {
            var (block, below) = (Blocks[i], i + 1 < Blocks.Count ? Blocks[i + 1] : null);
            if (block.Target is { } target && (target != below || block.Next == below)) labels[target] = "";
            if (block.Next is { } next && next != below) labels[next] = "";
        }

        int count = 0;
        foreach (var block in Blocks)
            if (labels.ContainsKey(block)) labels[block] = $"L{count++}";

        List<PtxLine> lines = [.. Declarations];
        for (int i = 0; i < Blocks.Count; i++)
        {
            var (block, below) = (Blocks[i], i + 1 < Blocks.Count ? Blocks[i + 1] : null);
            if (labels.TryGetValue(block, out string? label)) lines.Add(PtxLine.Label(label));
            lines.AddRange(block.Lines);
            var (guard, target, next) = (block.Guard, block.Target, block.Next);
            if (target is not null && target == below && next != below) (guard, target, next) = (Not(guard), next, target);
            if (target is not null) lines.Add(PtxLine.Instruction("bra", guard, labels[target]));
            if (next is not null && next != below) lines.Add(PtxLine.Instruction("bra", "", labels[next]));
        }

        return lines;
    }

    /// <summary>Who goes to each block.</summary>
    public Dictionary<PtxBlock, List<PtxBlock>> Predecessors()
    {
        var predecessors = Blocks.ToDictionary(block => block, _ => new List<PtxBlock>());
        foreach (var block in Blocks)
            foreach (var next in block.Successors) predecessors[next].Add(block);
        return predecessors;
    }

    /// <summary>Drops what cannot be reached, and joins blocks that always follow one another.</summary>
    public void Tidy()
    {
        foreach (var block in Blocks) (block.Target, block.Next) = (Skip(block.Target), Skip(block.Next));
        foreach (var block in Blocks.Where(block => block.Target is not null && block.Target == block.Next))
            (block.Guard, block.Target) = ("", null);
        Blocks = PtxLoops.Order(Blocks[0]);
        var predecessors = Predecessors();
        var joined = new HashSet<PtxBlock>();
        foreach (var block in Blocks)
        {
            if (joined.Contains(block)) continue;
            while (block.Target is null && block.Next is { } next && next != block && next != Blocks[0] && predecessors[next].Count == 1)
            {
                block.Lines.AddRange(next.Lines);
                (block.Guard, block.Target, block.Next) = (next.Guard, next.Target, next.Next);
                foreach (var after in next.Successors)
                {
                    predecessors[after].Remove(next);
                    predecessors[after].Add(block);
                }

                joined.Add(next);
            }
        }

        // What a branch skips comes before what it skips to, so that threads meet again in the order of the text.
        Blocks = PtxLoops.Order(Blocks[0]);
    }

    // Where a way through empty blocks ends. One that goes in a circle is left.
    private static PtxBlock? Skip(PtxBlock? block)
    {
        for (int i = 0; i < 16 && block is { Lines.Count: 0, Target: null, Next: { } next }; i++) block = next;
        return block;
    }

    private static string Not(string guard) => guard[0] == '!' ? guard[1..] : "!" + guard;

    private PtxBlock Open(PtxBlock block, PtxBlock? before = null)
    {
        before?.Next = block;
        Blocks.Add(block);
        return block;
    }
}
