namespace EvsNative.Kernels.Ptx;

/// <summary>The statements of a loop that compute the same in every round, and which of them are worth a register.</summary>
internal sealed class PtxInvariants
{
    private static readonly HashSet<string> Places = ["%tid", "%ntid", "%ctaid", "%nctaid", "%laneid"];

    private readonly PtxLoop _loop;
    private readonly PtxRegisters _registers;
    private readonly List<PtxBlock> _order;
    private readonly Dictionary<string, int> _writes = [], _reads = [];

    // By the register that a statement writes; in the order of the text.
    private readonly Dictionary<string, PtxLine> _found = [];

    public PtxInvariants(PtxGraph graph, PtxLoop loop, PtxRegisters registers)
    {
        (_loop, _registers) = (loop, registers);
        _order = PtxLoops.Order(loop.Header, loop.Blocks.Contains);
        var liveness = new PtxLiveness(graph);
        foreach (var line in _order.SelectMany(block => block.Lines))
        {
            foreach (string register in line.Written) _writes[register] = _writes.GetValueOrDefault(register) + 1;
            foreach (string register in line.Read) _reads[register] = _reads.GetValueOrDefault(register) + 1;
        }

        foreach (var block in _order)
        {
            for (int i = 0; i < block.Lines.Count; i++)
            {
                Gather(block, i);
                if (IsInvariant(block.Lines[i], liveness)) _found.Add(block.Lines[i].Operands[0], block.Lines[i]);
            }
        }
    }

    /// <summary>What to move out of the loop: first what saves most statements for each register that it takes.</summary>
    /// <param name="most">registers of 32 bits that it may take</param>
    public HashSet<PtxLine> Choose(int most)
    {
        List<(HashSet<PtxLine> Statements, int Size)> values = [];
        foreach (string register in ReadByOthers())
        {
            var statements = new HashSet<PtxLine>();
            Collect(register, statements);
            values.Add((statements, Math.Max(1, _registers.SizeOf(register))));
        }

        var chosen = new HashSet<PtxLine>();
        foreach (var (statements, size) in values.OrderByDescending(value => (double)value.Statements.Count / value.Size))
        {
            if (size > most || chosen.IsSupersetOf(statements)) continue;
            most -= size;
            chosen.UnionWith(statements);
        }

        return chosen;
    }

    // In the order of the text. What adds a literal stays if nothing that goes needs it: accesses add it themselves.
    private IEnumerable<string> ReadByOthers()
    {
        var read = new HashSet<string>();
        foreach (var line in _order.SelectMany(block => block.Lines))
        {
            bool isFound = line.Written.Length == 1 && _found.GetValueOrDefault(line.Written[0]) == line;
            if (!isFound || IsOffset(line)) read.UnionWith(line.Read);
        }

        return _found.Where(pair => read.Contains(pair.Key) && !IsOffset(pair.Value)).Select(pair => pair.Key);
    }

    private static bool IsOffset(PtxLine line) => line.Form.Operation == PtxOperation.Add && line.Operands[2][0] != '%';

    private void Collect(string register, HashSet<PtxLine> statements)
    {
        if (!_found.TryGetValue(register, out var line) || !statements.Add(line)) return;
        foreach (string read in line.Read) Collect(read, statements);
    }

    // Nothing of the loop changes it, nothing happens if it is computed in vain, and what was in its register before is not read.
    private bool IsInvariant(PtxLine line, PtxLiveness liveness) =>
        IsMovable(line) && _writes[line.Operands[0]] == 1 && !liveness.IsAliveBefore(_loop.Header, line.Operands[0])
            && Array.TrueForAll(line.Read, IsFixed);

    private bool IsFixed(string register) => !_writes.ContainsKey(register) || _found.ContainsKey(register);

    // A comparison would hold one of seven predicates; a choice of two literals by one is cheaper in its place; a literal is read as it is.
    private bool IsMovable(PtxLine line) => IsSure(line) && line.Form.Operation switch
    {
        PtxOperation.None or PtxOperation.Compare => false,
        PtxOperation.Select => line.Operands[1][0] == '%' || line.Operands[2][0] == '%',
        PtxOperation.Move => _registers.TypeOf(line.Operands[1]).Length > 0 || line.Read.Any(Places.Contains),
        _ => true,
    };

    private static bool IsSure(PtxLine line) => line.Form.Bits >= 32 && line.Guard.Length == 0 && line.Written.Length == 1;

    // (a + x) + b, where only x changes, as (a + b) + x: the sum of what does not change can leave the loop.
    private void Gather(PtxBlock block, int at)
    {
        var sum = block.Lines[at];
        if (Fixed(sum) is not { } outer || _reads.GetValueOrDefault(outer.Other) != 1) return;
        int below = block.Lines.FindLastIndex(at, at, line => line.Written.Contains(outer.Other));
        if (below < 0 || block.Lines[below].Opcode != sum.Opcode || Fixed(block.Lines[below]) is not { } inner) return;
        if (block.Lines.FindIndex(below + 1, at - below - 1, line => line.Written.Contains(inner.Other)) >= 0) return;
        string made = _registers.Make(outer.Other);
        block.Lines[at] = PtxLine.Instruction(sum.Opcode, "", sum.Operands[0], made, inner.Other);
        block.Lines.Insert(at, PtxLine.Instruction(sum.Opcode, "", made, outer.Fixed, inner.Fixed));
        (_writes[made], _reads[made]) = (1, 1);
        _reads[outer.Other]--;
        foreach (string register in (string[])[inner.Fixed, inner.Other]) _reads[register]++;
    }

    // Of a sum of two registers, of which one stays what it is in the loop.
    private (string Fixed, string Other)? Fixed(PtxLine line)
    {
        if (line.Form.Operation != PtxOperation.Add || !IsSure(line)) return null;
        string a = line.Operands[1], b = line.Operands[2];
        if (a[0] != '%' || b[0] != '%' || IsFixed(a) == IsFixed(b)) return null;
        return IsFixed(a) ? (a, b) : (b, a);
    }
}
