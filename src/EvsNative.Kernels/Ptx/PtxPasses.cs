namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Passes over the PTX that ILGPU writes, each from text to text. All keep the kernel's meaning, and none changes what it has made.
/// </summary>
internal static class PtxPasses
{
    /// <summary>All passes, in their order.</summary>
    public static string Finish(string text, PtxTarget target, string entry)
    {
        var module = PtxModule.Parse(Approximate(DropUniform(text)));
        DropStubs(module);
        if (PtxGraph.Build(module.Entry.Body!) is { } graph)
        {
            PtxUnroll.Run(graph);
            PtxPromotion.Run(graph);
            PtxSweep.Run(graph);
            if (PtxHoisting.MostRegisters(module.Entry.Head) is > 0 and var most)
            {
                PtxRenaming.Run(graph);
                PtxNumbering.Run(graph);
                PtxSweep.Run(graph);
                PtxHoisting.Run(graph, most);
                PtxSweep.Run(graph);
            }

            module.Entry.Body = graph.ToLines();
        }

        Retarget(module, target);
        return PtxNames.Canonical(module, entry);
    }

    /// <summary>Removes functions that nobody calls: ILGPU writes one for each of our instructions.</summary>
    public static string DropStubs(string text)
    {
        var module = PtxModule.Parse(text);
        DropStubs(module);
        return module.ToString();
    }

    /// <summary>
    /// <c>bra.uni</c> to <c>bra</c>. ILGPU calls branches uniform that are not, after which threads would not meet again; and the assembler
    /// does not unroll loops of uniform branches.
    /// </summary>
    public static string DropUniform(string text) => text.Replace("bra.uni", "bra", StringComparison.Ordinal);

    /// <summary>
    /// Quotients, reciprocals and roots within two units in the last place (2.4e-7) instead of exactly rounded, which takes a subroutine of
    /// its own each. ILGPU's fast mode would do so too, but it also flushes subnormal numbers in every instruction and gives 0 for
    /// quotients by more than 2^126.
    /// </summary>
    public static string Approximate(string text) => text
        .Replace("div.rn.f32", "div.full.f32", StringComparison.Ordinal)
        .Replace("rcp.rn.f32", "rcp.approx.f32", StringComparison.Ordinal)
        .Replace("sqrt.rn.f32", "sqrt.approx.f32", StringComparison.Ordinal);

    /// <summary>Writes out loops of known rounds.</summary>
    public static string Unroll(string text) => OnEntry(text, PtxUnroll.Run);

    /// <summary>Puts arrays of a thread into registers.</summary>
    public static string PromoteLocal(string text) => OnEntry(text, PtxPromotion.Run);

    /// <summary>Drops arithmetic whose results nobody reads.</summary>
    public static string Sweep(string text) => OnEntry(text, PtxSweep.Run);

    /// <summary>Gives integers that only live within a block registers of their own.</summary>
    public static string Rename(string text) => OnEntry(text, PtxRenaming.Run);

    /// <summary>Computes what is known, and nothing twice in a block.</summary>
    public static string Number(string text) => OnEntry(text, PtxNumbering.Run);

    /// <summary>Moves integer arithmetic that is the same in every round in front of its loop.</summary>
    /// <param name="text">a module</param>
    /// <param name="most">registers of 32 bits that may hold what has left a loop</param>
    public static string Hoist(string text, int most) => OnEntry(text, graph => PtxHoisting.Run(graph, most));

    /// <summary>Names that depend on nothing but the kernel.</summary>
    public static string Canonical(string text, string entry) => PtxNames.Canonical(PtxModule.Parse(text), entry);

    /// <summary>The target's architecture and version. ILGPU never writes more than sm_80.</summary>
    public static string Retarget(string text, PtxTarget target)
    {
        var module = PtxModule.Parse(text);
        Retarget(module, target);
        return module.ToString();
    }

    private static string OnEntry(string text, Action<PtxGraph> pass)
    {
        var module = PtxModule.Parse(text);
        if (PtxGraph.Build(module.Entry.Body!) is not { } graph) return text;
        pass(graph);
        module.Entry.Body = graph.ToLines();
        return module.ToString();
    }

    private static void DropStubs(PtxModule module)
    {
        var called = new HashSet<string> { module.Entry.Name };
        for (int known = 0; known < called.Count;)
        {
            known = called.Count;
            foreach (var function in module.Functions)
                if (module.Functions.Exists(caller => called.Contains(caller.Name) && caller.Mentions(function.Name)))
                    called.Add(function.Name);
        }

        module.Functions.RemoveAll(function => !called.Contains(function.Name));
    }

    private static void Retarget(PtxModule module, PtxTarget target)
    {
        for (int i = 0; i < module.Header.Count; i++)
        {
            if (module.Header[i].StartsWith(".version", StringComparison.Ordinal))
                module.Header[i] = $".version {target.IsaMajor}.{target.IsaMinor}";
            if (module.Header[i].StartsWith(".target", StringComparison.Ordinal)) module.Header[i] = $".target {target.Architecture}";
        }
    }
}
