namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Drops arithmetic whose results nobody reads: counters and addresses of loops and arrays that are gone. The assembler would do it too; a shorter text
/// is assembled sooner, and that happens on the user's machine.
/// </summary>
internal static class PtxSweep
{
    private static readonly HashSet<string> Pure =
    [
        "mov", "add", "sub", "mul", "mad", "fma", "div", "rem", "neg", "abs", "min", "max", "and", "or", "xor", "not", "shl", "shr", "cvt", "cvta", "setp", "selp",
        "ex2", "lg2", "rcp", "rsqrt", "sqrt",
    ];

    public static void Run(PtxGraph graph)
    {
        var order = PtxLoops.Order(graph.Blocks[0]);
        order.Reverse();
        var living = graph.Blocks.ToDictionary(block => block, _ => new HashSet<string>());
        for (bool isChanged = true; isChanged;)
        {
            isChanged = false;
            foreach (var block in order)
            {
                var alive = Behind(block, living);
                for (int i = block.Lines.Count - 1; i >= 0; i--) Read(block.Lines[i], alive);
                if (alive.Count == living[block].Count) continue;
                living[block] = alive;
                isChanged = true;
            }
        }

        foreach (var block in graph.Blocks)
        {
            var alive = Behind(block, living);
            for (int i = block.Lines.Count - 1; i >= 0; i--)
            {
                if (!Read(block.Lines[i], alive)) block.Lines.RemoveAt(i);
            }
        }
    }

    private static HashSet<string> Behind(PtxBlock block, Dictionary<PtxBlock, HashSet<string>> living)
    {
        var alive = new HashSet<string>();
        foreach (var next in block.Successors) alive.UnionWith(living[next]);
        if (block.Guard.Length > 0) alive.Add(block.Guard.TrimStart('!'));
        return alive;
    }

    // Goes from what is read behind a statement to what is read before it; false if the statement does nothing.
    private static bool Read(PtxLine line, HashSet<string> alive)
    {
        if (line.Written.Length > 0 && Pure.Contains(line.Name) && !Array.Exists(line.Written, alive.Contains)) return false;
        if (line.Guard.Length == 0 && line.Kind == PtxLineKind.Instruction) alive.ExceptWith(line.Written);
        alive.UnionWith(line.Read);
        return true;
    }
}
