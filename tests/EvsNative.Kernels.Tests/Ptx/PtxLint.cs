using EvsNative.Kernels.Ptx;
using EvsNative.PtxSim;
using PtxModule = EvsNative.Kernels.Ptx.PtxModule;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>Looks for what makes a finished kernel wrong, slow, or another text on another machine.</summary>
internal static class PtxLint
{
    private static readonly string[] Spaces = ["global", "shared", "local", "param", "const"];

    /// <summary>One line for each thing that is not as it should be.</summary>
    public static IReadOnlyList<string> Check(PtxKernel kernel, PtxExpectations e)
    {
        var module = PtxModule.Parse(kernel.Text);
        var facts = Facts(module);
        return
        [
            .. Head(kernel, module, e), .. Known(module, facts), .. Memory(module, facts, e), .. Calls(module),
            .. Arithmetic(module, facts, e), .. Counts(facts, e), .. Names(kernel),
        ];
    }

    /// <summary>All instructions of a kernel, by opcode.</summary>
    public static IReadOnlyList<PtxFact> Facts(PtxKernel kernel) => [.. Facts(PtxModule.Parse(kernel.Text)).Values];

    private static SortedDictionary<string, PtxFact> Facts(PtxModule module)
    {
        List<List<string>> blocks = [[]];
        foreach (var line in Lines(module))
        {
            if (line.Kind == PtxLineKind.Label) blocks.Add([]);
            if (line.Kind != PtxLineKind.Instruction) continue;
            blocks[^1].Add(line.Opcode);
            if (line.Name == "bra") blocks.Add([]);
        }

        var largest = blocks.MaxBy(block => block.Count)!.CountBy(opcode => opcode).ToDictionary();
        var facts = new SortedDictionary<string, PtxFact>(StringComparer.Ordinal);
        foreach (var (opcode, count) in blocks.SelectMany(block => block).CountBy(opcode => opcode))
            facts[opcode] = new PtxFact(opcode, count, largest.GetValueOrDefault(opcode));
        return facts;
    }

    // Of the kernel, those in braces one by one.
    private static IEnumerable<PtxLine> Lines(PtxModule module) => module.Entry.Body!.SelectMany(line => line.Inside);

    private static IEnumerable<string> Head(PtxKernel kernel, PtxModule module, PtxExpectations e)
    {
        string version = $".version {e.Target.IsaMajor}.{e.Target.IsaMinor}", target = $".target {e.Target.Architecture}";
        string threads = $".maxntid {kernel.Threads}, 1, 1";
        if (!module.Header.Contains(version)) yield return $"there is no '{version}'";
        if (!module.Header.Contains(target)) yield return $"there is no '{target}'";
        if (!module.Entry.Head.Split('\n').Contains(threads)) yield return $"there is no '{threads}'";
        if (module.Entry.Name != kernel.Entry) yield return $"the entry is {module.Entry.Name}, not {kernel.Entry}";
    }

    /// <summary>What the text's version or architecture does not know.</summary>
    private static IEnumerable<string> Known(PtxModule module, SortedDictionary<string, PtxFact> facts)
    {
        string version = Said(".version "), target = Said(".target ");
        foreach (string opcode in facts.Keys)
            if (PtxRequirements.Missing(opcode, version, target) is { } missing) yield return $"{opcode} {missing}";

        string Said(string word) => module.Header.Find(line => line.StartsWith(word, StringComparison.Ordinal))![word.Length..];
    }

    private static IEnumerable<string> Memory(PtxModule module, SortedDictionary<string, PtxFact> facts, PtxExpectations e)
    {
        bool hasLocal = facts.Keys.Any(opcode => opcode.Contains(".local", StringComparison.Ordinal))
            || module.Entry.Body!.Exists(line => line.Text.StartsWith(".local", StringComparison.Ordinal));
        if (hasLocal && !e.AllowsLocal) yield return "an array of a thread is in .local memory";
        foreach (string opcode in facts.Keys)
        {
            string[] parts = opcode.Split('.');
            bool isAccess = parts[0] is "ld" or "st" or "atom" or "red";
            bool saysSpace =
                parts.Any(part => Spaces.Any(space => part == space || part.StartsWith(space + "::", StringComparison.Ordinal)));
            if (isAccess && !saysSpace)
                yield return $"{opcode} does not say in which memory";
        }
    }

    private static IEnumerable<string> Calls(PtxModule module)
    {
        var defined = module.Functions.Where(function => function.Body is not null).Select(function => function.Name).ToHashSet();
        foreach (var call in Lines(module).Where(line => line.Name == "call"))
        {
            string? name = call.Operands.FirstOrDefault(operand => operand[0] != '(');
            if (name is null || !defined.Contains(name)) yield return $"{name} is called and not defined";
        }
    }

    private static IEnumerable<string> Arithmetic(PtxModule module, SortedDictionary<string, PtxFact> facts, PtxExpectations e)
    {
        foreach (string opcode in facts.Keys)
        {
            string[] parts = opcode.Split('.');
            if (parts is ["bra", "uni", ..]) yield return "a branch is called uniform";
            if (parts.Contains("f64") && !e.AllowsDoubles) yield return $"{opcode} is float64";
        }

        if (e.AllowsLongDivision || PtxGraph.Build(module.Entry.Body!) is not { } graph) yield break;
        var inLoops = PtxLoops.Find(graph).SelectMany(loop => loop.Blocks).Distinct().SelectMany(block => block.Lines);
        var divisions = inLoops.Where(line => line.Name is "div" or "rem" && line.Type is "s64" or "u64");
        foreach (string opcode in divisions.Select(line => line.Opcode).Distinct())
            yield return $"{opcode} divides 64 bits in a loop";
    }

    private static IEnumerable<string> Counts(SortedDictionary<string, PtxFact> facts, PtxExpectations e)
    {
        int InLargest(string opcode) => facts.TryGetValue(opcode, out var fact) ? fact.InLargestBlock : 0;
        int multiplyAdds = InLargest("fma.rn.f32") + Math.Min(InLargest("mul.f32"), InLargest("add.f32"));
        if (e.MultiplyAdds is { } wanted && !wanted.Holds(multiplyAdds))
            yield return $"the largest block has {multiplyAdds} multiply-adds, not {wanted}";
        int barriers = facts.Values.Where(fact => fact.Opcode is "bar.sync" or "barrier.sync").Sum(fact => fact.Count);
        if (e.Barriers is { } waits && !waits.Holds(barriers)) yield return $"there are {barriers} barriers, not {waits}";
        foreach (var (opcode, range) in e.Instructions)
        {
            int count = facts.TryGetValue(opcode, out var fact) ? fact.Count : 0;
            if (!range.Holds(count)) yield return $"there are {count} {opcode}, not {range}";
        }
    }

    private static IEnumerable<string> Names(PtxKernel kernel)
    {
        if (kernel.Text.AsSpan().IndexOfAnyExceptInRange('\0', '\x7f') >= 0) yield return "a character is not ASCII";
        if (PtxPasses.Canonical(kernel.Text, kernel.Entry) != kernel.Text) yield return "names depend on what was compiled before";
    }
}
