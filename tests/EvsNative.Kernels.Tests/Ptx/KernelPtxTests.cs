using System.Collections.Concurrent;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class KernelPtxTests
{
    private static readonly int[] Architectures = [60, 75, 80, 86, 89, 90, 100, 120];

    // Portable kernels are the same text everywhere: for the oldest, one between, and the newest.
    private static readonly int[] HasPortable = [60, 90, 120];

    [Fact]
    public void Every_kernel_of_every_operation_compiles_and_has_no_findings()
    {
        Assert.NotEmpty(KernelForms.All);
        var bodies = new ConcurrentDictionary<KernelForm, string>();
        var findings = Architectures.AsParallel().SelectMany(sm => Findings(sm, bodies)).ToList();
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    /// <summary>
    /// What is wrong, and kernels whose text is not that of the other architectures: what the interpreter runs for one of them, it runs for
    /// all.
    /// </summary>
    private static List<string> Findings(int sm, ConcurrentDictionary<KernelForm, string> bodies)
    {
        var target = PtxTarget.For(sm);
        using var compiler = new PtxCompiler(target);
        List<string> findings = [];
        foreach (var form in KernelForms.Of(sm).Where(form => HasPortable.Contains(sm) || !KernelForms.Portable.Contains(form)))
        {
            var kernel = compiler.Compile(form.Kernel, form.Threads, form.MinGroups);
            string body = kernel.Text[kernel.Text.IndexOf(".address_size", StringComparison.Ordinal)..];
            if (bodies.GetOrAdd(form, body) != body)
                findings.Add($"sm_{sm}: {kernel.Name}: another text than for other architectures");
            findings.AddRange(PtxLint.Check(kernel, new PtxExpectations(target)).Select(finding => $"sm_{sm}: {kernel.Name}: {finding}"));
        }

        return findings;
    }

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
