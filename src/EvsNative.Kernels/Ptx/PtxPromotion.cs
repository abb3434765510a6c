namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Puts arrays of a thread (<c>.local</c>) into registers, where every access names its place before the run and all see the same widths.
/// An array whose address goes anywhere but into accesses stays.
/// </summary>
internal static class PtxPromotion
{
    public static void Run(PtxGraph graph)
    {
        var arrays = Arrays(graph);
        if (arrays.Count == 0) return;

        var arithmetic = new PtxArithmetic(arrays.Keys.ToHashSet());
        var flow = new PtxFlow(arithmetic, PtxRegion.Of(graph), new PtxState());
        var uses = new Uses(arithmetic, arrays.Keys);
        Each(graph, flow, arithmetic, (line, state) =>
        {
            uses.See(line, state);
            return null;
        });
        var promoted = uses.Promotable;
        if (promoted.Count == 0) return;

        Each(graph, flow, arithmetic, (line, state) => Rewritten(line, state, arithmetic, promoted));
        foreach (var (name, slots) in promoted)
        {
            int at = graph.Declarations.IndexOf(arrays[name]);
            graph.Declarations.RemoveAt(at);
            foreach (var alike in slots.GroupBy(slot => slot.Value, slot => Slot(name, slot.Key)).OrderBy(group => group.Key))
                graph.Declarations.Insert(at++, PtxLine.Parse($".reg .b{alike.Key}\t{string.Join(", ", alike)};"));
        }
    }

    /// <summary>The arrays of a thread with their declarations.</summary>
    public static Dictionary<string, PtxLine> Arrays(PtxGraph graph) =>
        graph.Declarations.Where(line => line.Text.StartsWith(".local", StringComparison.Ordinal))
            .ToDictionary(line => ArrayName(line.Text));

    /// <summary>True if a block accesses an array at a place that is not known before the run.</summary>
    public static bool HasUnknownPlace(PtxBlock block, PtxState before, PtxArithmetic arithmetic)
    {
        int last = block.Lines.FindLastIndex(line => Access(line) is not null);
        if (last < 0) return false;
        var state = new PtxState(before);
        for (int i = 0; i <= last; i++)
        {
            var line = block.Lines[i];
            if (Access(line) is { } access && arithmetic.Address(state, access.Address) is not { IsInteger: false, Number: not null })
                return true;
            arithmetic.Step(state, line);
        }

        return false;
    }

    // Walks through all statements with what is known before each; a list takes a statement's place.
    private static void Each(PtxGraph graph, PtxFlow flow, PtxArithmetic arithmetic, Func<PtxLine, PtxState, IEnumerable<PtxLine>?> visit)
    {
        foreach (var block in graph.Blocks)
        {
            // What is never reached knows nothing.
            var state = flow.Before(block) is { } known ? new PtxState(known) : new PtxState();
            List<PtxLine> lines = new(block.Lines.Count);
            foreach (var line in block.Lines)
            {
                if (visit(line, state) is { } others) lines.AddRange(others);
                else lines.Add(line);
                arithmetic.Step(state, line);
            }

            block.Lines.Clear();
            block.Lines.AddRange(lines);
        }
    }

    // Accesses become moves, and the arithmetic of their addresses is dropped.
    private static IEnumerable<PtxLine>? Rewritten(
        PtxLine line, PtxState state, PtxArithmetic arithmetic, Dictionary<string, SortedDictionary<long, int>> promoted)
    {
        if (Access(line) is { } access)
        {
            var place = arithmetic.Address(state, access.Address)!.Value;
            if (!promoted.ContainsKey(place.Array)) return null;
            return access.Values.Select((value, i) => Move(access, value, Slot(place.Array, place.Number!.Value + (i * access.Bits / 8))));
        }

        return arithmetic.Result(state, line) is { IsInteger: false } result && promoted.ContainsKey(result.Array) ? [] : null;
    }

    private static PtxLine Move(LocalAccess access, string value, string slot)
    {
        string bits = value.StartsWith("0f", StringComparison.Ordinal) ? "0x" + value[2..] : value;
        return PtxLine.Instruction($"mov.b{access.Bits}", access.Guard, access.IsLoad ? [value, slot] : [slot, bits]);
    }

    private static string Slot(string array, long offset) => $"%{array}_{offset}";

    // .local .align 4 .b8 name[64];
    private static string ArrayName(string text)
    {
        int end = text.IndexOf('['), start = end;
        while (PtxLine.IsWord(text[start - 1])) start--;
        return text[start..end];
    }

    private static LocalAccess? Access(PtxLine line)
    {
        bool isLoad = line.Name == "ld";
        if (line.Kind != PtxLineKind.Instruction || !(isLoad || line.Name == "st") || !line.Has("local")) return null;
        var (value, address) = isLoad ? (line.Operands[0], line.Operands[1]) : (line.Operands[1], line.Operands[0]);
        return new LocalAccess(isLoad, line.Guard, PtxLine.Parts(value), address, int.Parse(line.Type.AsSpan(1)));
    }

    private readonly record struct LocalAccess(bool IsLoad, string Guard, string[] Values, string Address, int Bits);

    /// <summary>Which arrays can go, and the places that they are accessed at, with their widths.</summary>
    private sealed class Uses(PtxArithmetic arithmetic, IEnumerable<string> arrays)
    {
        private readonly Dictionary<string, SortedDictionary<long,
            int>> _slots = arrays.ToDictionary(name => name, _ => new SortedDictionary<long, int>());

        public Dictionary<string, SortedDictionary<long, int>> Promotable => _slots;

        public void See(PtxLine line, PtxState state)
        {
            if (Access(line) is not { } access)
            {
                SeeOther(line, state);
                return;
            }

            if (arithmetic.Address(state, access.Address) is not { IsInteger: false } place) _slots.Clear();
            else if (place.Number is not { } offset) _slots.Remove(place.Array);
            else for (int i = 0; i < access.Values.Length; i++) SeeSlot(place.Array, offset + (i * access.Bits / 8), access.Bits);
            foreach (string value in access.Values) Escape(state, value);
        }

        private void SeeSlot(string array, long offset, int bits)
        {
            if (!_slots.TryGetValue(array, out var slots)) return;
            bool isAlone = !slots.Any(slot => slot.Key != offset && slot.Key < offset + (bits / 8) && offset < slot.Key + (slot.Value / 8));
            if (bits < 16 || !isAlone || (slots.TryGetValue(offset, out int known) && known != bits)) _slots.Remove(array);
            else slots[offset] = bits;
        }

        private void SeeOther(PtxLine line, PtxState state)
        {
            if (line.Kind == PtxLineKind.Scope)
            {
                foreach (string register in PtxLine.Registers(line.Text)) Escape(state, register);
                return;
            }

            if (arithmetic.Result(state, line) is { IsInteger: false }) return;
            for (int i = 0; i < line.Operands.Count; i++)
            {
                string operand = line.Operands[i];
                if (operand[0] != '[' && i > 0) Array.ForEach(PtxLine.Parts(operand), part => Escape(state, part));
                else if (operand[0] == '[' && arithmetic.Address(state, operand) is { IsInteger: false } place) _slots.Remove(place.Array);
            }
        }

        private void Escape(PtxState state, string operand)
        {
            if (arithmetic.Value(state, operand) is { IsInteger: false } place) _slots.Remove(place.Array);
        }
    }
}
