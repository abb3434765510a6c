namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Moves integer arithmetic that is the same in every round in front of its loop. ILGPU computes a value where it is used, so that
/// addresses that depend on nothing but the thread are made anew in each round. Each value that leaves a loop takes a register for as long
/// as the loop runs; what the assembler finds no register for it computes anew.
/// </summary>
internal static class PtxHoisting
{
    /// <summary>One of so many registers of a thread may hold what has left a loop.</summary>
    private const int Share = 10;

    // A multiprocessor has four schedulers with registers of their own; groups are dealt to them by warps.
    private const int Schedulers = 4, RegistersOfScheduler = 16384, Warp = 32, MostOfThread = 255;

    /// <summary>
    /// Registers of 32 bits that may hold what has left a loop; 0 for kernels that do not say how many groups a multiprocessor is to hold:
    /// theirs are the assembler's choice, and it would take more.
    /// </summary>
    /// <param name="head">of the kernel</param>
    public static int MostRegisters(string head)
    {
        int threads = Number(head, ".maxntid"), groups = Number(head, ".minnctapersm");
        int warps = ((((threads + Warp - 1) / Warp) * groups) + Schedulers - 1) / Schedulers;
        return warps == 0 ? 0 : Math.Min(MostOfThread, RegistersOfScheduler / (Warp * warps)) / Share;
    }

    /// <param name="graph">unrolled, with registers of their own for what the copies compute</param>
    /// <param name="most">registers of 32 bits for each loop</param>
    public static void Run(PtxGraph graph, int most)
    {
        var registers = new PtxRegisters(graph);
        var loops = PtxLoops.Find(graph);
        foreach (var loop in loops)
        {
            var chosen = new PtxInvariants(graph, loop, registers).Choose(most);
            if (chosen.Count == 0) continue;
            List<PtxLine> lines = [];
            foreach (var block in PtxLoops.Order(loop.Header, loop.Blocks.Contains))
            {
                lines.AddRange(block.Lines.Where(chosen.Contains));
                block.Lines.RemoveAll(chosen.Contains);
            }

            Before(graph, loop, loops).Lines.AddRange(lines);
        }

        registers.Declare();
        graph.Tidy();
    }

    private static int Number(string head, string word)
    {
        int start = head.IndexOf(word, StringComparison.Ordinal) + word.Length;
        if (start < word.Length) return 0;
        while (head[start] == ' ') start++;
        int end = start;
        while (end < head.Length && char.IsAsciiDigit(head[end])) end++;
        return int.Parse(head.AsSpan(start, end - start));
    }

    // The block from which alone the loop is entered. A new one belongs to all loops around.
    private static PtxBlock Before(PtxGraph graph, PtxLoop loop, List<PtxLoop> loops)
    {
        var outside = graph.Predecessors()[loop.Header].FindAll(block => !loop.Blocks.Contains(block));
        if (outside is [{ Target: null } only] && loop.Header != graph.Blocks[0]) return only;
        var made = new PtxBlock { Next = loop.Header };
        foreach (var block in outside)
        {
            if (block.Target == loop.Header) block.Target = made;
            if (block.Next == loop.Header) block.Next = made;
        }

        foreach (var around in loops)
            if (around != loop && around.Blocks.Contains(loop.Header)) around.Blocks.Add(made);
        graph.Blocks.Insert(graph.Blocks.IndexOf(loop.Header), made);
        return made;
    }
}
