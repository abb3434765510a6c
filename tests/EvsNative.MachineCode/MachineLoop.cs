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
    /// What a usual round runs, in the order of the text: of all ways through the loop the one that does most of what the loop is for,
    /// which is to multiply and to move fragments and copies; of those the shortest. Left out are beginnings of a row of pixels, last
    /// tiles, what is computed a second time and the like. Loops within it count once.
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
        // What remains to be done from each block on, at best; ways go down the text.
        long[] best = new long[next.Count];
        int[] way = new int[next.Count];
        for (int block = next.Count - 1; block >= 0; block--)
        {
            var after = next[block].FindAll(other => other > block);
            way[block] = after.Count == 0 ? -1 : after.MaxBy(other => best[other]);
            long behind = block == next.Count - 1 ? 0 : way[block] < 0 ? long.MinValue / 2 : best[way[block]];
            best[block] = behind + Between(first, block).Sum(instruction => IsPurpose(instruction) ? 1_000_000L : -1);
        }

        List<MachineInstruction> usual = [];
        for (int block = 0; block >= 0; block = block == next.Count - 1 ? -1 : way[block]) usual.AddRange(Between(first, block));
        DropAlternatives(usual);
        return usual;
    }

    // Where two stretches that branches may go around multiply equally often, the second does again what the first could not do well.
    private static void DropAlternatives(List<MachineInstruction> usual)
    {
        var seen = new HashSet<int>();
        foreach (var branch in usual.ToList())
        {
            if (branch.Guard.Length == 0 || !(branch.Target > branch.Address)) continue;
            int from = branch.Address, to = branch.Target!.Value;
            int products = usual.Count(instruction =>
                instruction.Address > from && instruction.Address < to && instruction.Kind == MachineKind.Product);
            if (products > 0 && !seen.Add(products)) usual.RemoveAll(instruction => instruction.Address > from && instruction.Address < to);
        }
    }

    private IEnumerable<MachineInstruction> Between(int[] first, int block) =>
        Instructions.Skip(first[block]).Take(first[block + 1] - first[block]);

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
}
