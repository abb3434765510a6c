namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Drops arithmetic whose results nobody reads: counters and addresses of loops and arrays that are gone. The assembler would do it too; a
/// shorter text is assembled sooner, and that happens on the user's machine.
/// </summary>
internal static class PtxSweep
{
    public static void Run(PtxGraph graph)
    {
        var liveness = new PtxLiveness(graph);
        foreach (var block in graph.Blocks)
        {
            bool[] used = liveness.Used(block);
            int at = 0;
            block.Lines.RemoveAll(_ => !used[at++]);
        }
    }
}
