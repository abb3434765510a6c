namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Gives integers that only live within a block registers of their own. The copies of a loop's body write the same registers again; with a
/// name for each the next passes see what is the same and what does not change.
/// </summary>
internal static class PtxRenaming
{
    public static void Run(PtxGraph graph)
    {
        var candidates = Candidates(graph);
        if (candidates.Count == 0) return;
        var registers = new PtxRegisters(graph);
        var liveness = new PtxLiveness(graph);
        foreach (var block in graph.Blocks) Rename(block, candidates, registers, liveness);
        registers.Declare();
    }

    // Written more than once, each time surely and by integer arithmetic.
    private static HashSet<string> Candidates(PtxGraph graph)
    {
        var counts = new Dictionary<string, int>();
        var others = new HashSet<string>();
        foreach (var block in graph.Blocks)
        {
            foreach (var line in block.Lines)
            {
                if (IsInteger(line)) counts[line.Operands[0]] = counts.GetValueOrDefault(line.Operands[0]) + 1;
                else others.UnionWith(line.Written);
            }
        }

        return [.. counts.Where(count => count.Value > 1 && !others.Contains(count.Key)).Select(count => count.Key)];
    }

    private static bool IsInteger(PtxLine line) =>
        line.Form.Operation != PtxOperation.None && line.Guard.Length == 0 && line.Written.Length == 1;

    private static void Rename(PtxBlock block, HashSet<string> candidates, PtxRegisters registers, PtxLiveness liveness)
    {
        var last = new Dictionary<string, int>();
        for (int i = 0; i < block.Lines.Count; i++)
            if (IsInteger(block.Lines[i])) last[block.Lines[i].Operands[0]] = i;

        var names = new Dictionary<string, string>();
        string Name(string register) => names.GetValueOrDefault(register, register);
        for (int i = 0; i < block.Lines.Count; i++)
        {
            var line = block.Lines[i];
            bool isRead = names.Count > 0 && Array.Exists(line.Read, names.ContainsKey);
            if (!IsInteger(line) || !candidates.Contains(line.Operands[0]))
            {
                if (isRead) block.Lines[i] = line.With(Name, register => register);
                continue;
            }

            string to = line.Operands[0];
            bool isLocal = last[to] > i || !liveness.IsAliveBehind(block, to);
            string made = isLocal ? registers.Make(to) : to;
            if (isRead || isLocal) block.Lines[i] = line.With(Name, _ => made);
            if (isLocal) names[to] = made;
            else names.Remove(to);
        }

        if (block.Guard.Length > 0 && names.TryGetValue(block.Guard.TrimStart('!'), out string? guard))
            block.Guard = block.Guard[0] == '!' ? "!" + guard : guard;
    }
}
