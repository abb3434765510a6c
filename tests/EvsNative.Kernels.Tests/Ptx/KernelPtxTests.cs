using System.Collections.Concurrent;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class KernelPtxTests
{
    private static readonly int[] Architectures = [60, 75, 80, 86, 89, 90, 100, 120];

    // What a kernel does to memory and with other threads, and where it works. Integers around it depend on what ILGPU compiled before.
    private static readonly string[] Effects =
        ["ld.global", "ld.shared", "ld.local", "st", "atom", "red", "cp", "ldmatrix", "mma", "bar", "shfl", "vote", "ex2", "fma"];

    [Fact]
    public void Every_kernel_of_every_operation_compiles_and_has_no_findings()
    {
        Assert.NotEmpty(KernelForms.All);
        var seen = new ConcurrentDictionary<KernelForm, string>();
        var findings = Ends().AsParallel().SelectMany(forms => Findings(forms.Key, forms, seen)).ToList();
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    /// <summary>
    /// What is wrong with the kernels of which an architecture is the oldest or the newest, and those that do not do what the other one's
    /// do: what the interpreter runs for one of them, it runs for all.
    /// </summary>
    private static List<string> Findings(int sm, IEnumerable<KernelForm> forms, ConcurrentDictionary<KernelForm, string> seen)
    {
        var target = PtxTarget.For(sm);
        using var compiler = new PtxCompiler(target);
        List<string> findings = [];
        foreach (var form in forms)
        {
            var kernel = compiler.Compile(form.Kernel, form.Threads, form.MinGroups);
            string instructions = Instructions(kernel);
            if (seen.GetOrAdd(form, instructions) != instructions)
                findings.Add($"sm_{sm}: {kernel.Name}: other instructions than for other architectures");
            var faults = PtxLint.Check(kernel, new PtxExpectations(kernel.Target));
            findings.AddRange(faults.Select(fault => $"sm_{sm}: {kernel.Name}: {fault}"));
        }

        return findings;
    }

    /// <summary>Every form twice, by the oldest and by the newest architecture that it is for; once if they are one.</summary>
    private static List<IGrouping<int, KernelForm>> Ends() =>
    [
        .. Architectures.SelectMany(KernelForms.Of, (sm, form) => (Sm: sm, Form: form))
            .GroupBy(use => use.Form, use => use.Sm)
            .SelectMany(form => new[] { form.Min(), form.Max() }.Distinct(), (form, sm) => (Sm: sm, Form: form.Key))
            .GroupBy(end => end.Sm, end => end.Form),
    ];

    /// <summary>How often each instruction with an effect stands in a text, in alphabetical order.</summary>
    private static string Instructions(PtxKernel kernel) => string.Join(
        '\n',
        PtxSim.PtxModule.Parse(kernel.Text).Entries[0].OpcodeCounts
            .Where(count => Effects.Any(effect => $"{count.Key}.".StartsWith($"{effect}.", StringComparison.Ordinal)))
            .OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Key} {count.Value}"));

    /// <summary>What no form of a real network can be without: a tile that no shape chooses is held by no test.</summary>
    [Fact]
    public void Every_tile_of_every_kernel_is_among_the_forms()
    {
        Type[] families =
        [
            typeof(Norm.ILayerNormTile), typeof(Norm.IGroupNormTile), typeof(Pointwise.IPointwiseTile), typeof(Gemm.IProductTile),
            typeof(Attention.IAttentionTile),
            typeof(Attention.IAttentionWidth), typeof(Attention.IAttentionLineTile), typeof(Attention.IAttentionLineWidth),
            typeof(Gemm.IProductForm),
        ];
        var tiles = families[0].Assembly.GetTypes().Where(type => type.IsValueType && families.Any(type.IsAssignableTo));
        var used = KernelForms.All.SelectMany(form => Policies(form.Kernel.GetGenericArguments())).ToHashSet();

        // Those for processors that run OpenCL.
        Type[] others = [typeof(Norm.LineGroupNormTile), typeof(Pointwise.LinePointwiseTile)];
        var lines = tiles.Where(type => type.IsAssignableTo(typeof(Attention.IAttentionLineTile))
            || type.IsAssignableTo(typeof(Attention.IAttentionLineWidth)));
        Assert.Empty(tiles.Except(used).Except(others).Except(lines).Select(type => type.Name));

        static IEnumerable<Type> Policies(Type[] types) => types.SelectMany(type => Policies(type.GetGenericArguments()).Append(type));
    }

    [Fact]
    public void Kernels_have_entries_of_their_own() =>
        Assert.Distinct(KernelForms.All.Select(form => $"{PtxCompiler.EntryOf(form.Name)}/{form.Threads}"));
}
