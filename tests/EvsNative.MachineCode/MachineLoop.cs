namespace EvsNative.MachineCode;

/// <summary>A stretch of machine code that is run again and again.</summary>
public sealed class MachineLoop
{
    /// <param name="instructions">from where the last branch goes back to, to that branch</param>
    public MachineLoop(IReadOnlyList<MachineInstruction> instructions)
    {
        Instructions = instructions;
        Usual = InUsualRound();
    }

    /// <summary>All of it.</summary>
    public IReadOnlyList<MachineInstruction> Instructions { get; }

    /// <summary>
    /// What a usual round runs, in the order of the text: without stretches that a branch may go around, unless they do what the loop is
    /// for: multiply, or move fragments and copies. What remains are beginnings of a row of pixels, last tiles and the like.
    /// </summary>
    public IReadOnlyList<MachineInstruction> Usual { get; }

    /// <summary>Instructions of some kinds in a usual round.</summary>
    public int Count(params ReadOnlySpan<MachineKind> kinds)
    {
        int count = 0;
        foreach (var instruction in Usual) count += kinds.Contains(instruction.Kind) ? 1 : 0;
        return count;
    }

    /// <summary>Moves of registers between the first product of a usual round and the last.</summary>
    public int MovesBetweenProducts
    {
        get
        {
            var kinds = Usual.Select(instruction => instruction.Kind).ToList();
            int first = kinds.IndexOf(MachineKind.Product), last = kinds.LastIndexOf(MachineKind.Product);
            return first < 0 ? 0 : kinds[first..last].Count(kind => kind == MachineKind.Move);
        }
    }

    private List<MachineInstruction> InUsualRound()
    {
        var places = new Dictionary<int, int>();
        for (int i = 0; i < Instructions.Count; i++) places[Instructions[i].Address] = i;

        // Blocks begin where branches go, and behind them.
        var starts = new SortedSet<int> { 0 };
        for (int i = 0; i < Instructions.Count; i++)
        {
            if (Instructions[i].Target is { } target && places.TryGetValue(target, out int place)) starts.Add(place);
            if (Instructions[i].Kind == MachineKind.Branch && i + 1 < Instructions.Count) starts.Add(i + 1);
        }

        int[] first = [.. starts, Instructions.Count];
        var next = Enumerable.Range(0, starts.Count).Select(block => Next(first, block, places)).ToList();
        List<MachineInstruction> usual = [];
        for (int block = 0; block < next.Count; block++)
        {
            var instructions = Instructions.Skip(first[block]).Take(first[block + 1] - first[block]).ToList();
            if (!Reaches(next, block) || instructions.Exists(IsPurpose)) usual.AddRange(instructions);
        }

        return usual;
    }

    private static bool IsPurpose(MachineInstruction instruction) => instruction.Kind is MachineKind.Product or MachineKind.FragmentLoad
        or MachineKind.AsyncCopy || (instruction.Kind == MachineKind.GlobalLoad && instruction.Bytes == 16);

    private List<int> Next(int[] first, int block, Dictionary<int, int> places)
    {
        List<int> next = [];
        var last = Instructions[first[block + 1] - 1];
        if (last.Target is { } target && places.TryGetValue(target, out int place) && place > 0)
            next.Add(Array.BinarySearch(first, place));
        if (last.FallsThrough && block + 2 < first.Length) next.Add(block + 1);
        return next;
    }

    // True if the last block is reached from the first without one of them.
    private static bool Reaches(List<List<int>> next, int without)
    {
        if (without == 0 || without == next.Count - 1) return false;
        var seen = new HashSet<int> { 0, without };
        var open = new Stack<int>([0]);
        while (open.TryPop(out int block))
        {
            if (block == next.Count - 1) return true;
            foreach (int after in next[block])
                if (seen.Add(after)) open.Push(after);
        }

        return false;
    }
}
