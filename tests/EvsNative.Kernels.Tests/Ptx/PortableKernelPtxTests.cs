using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PortableKernelPtxTests
{
    private static readonly int[] Architectures = [60, 75, 80, 86, 89, 90, 100, 120];

    [Fact]
    public void Every_kernel_of_every_operation_compiles_and_has_no_findings()
    {
        Assert.NotEmpty(PortableKernelForms.All);
        var findings = Architectures.AsParallel().SelectMany(Findings).ToList();
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    private static List<string> Findings(int sm)
    {
        var target = PtxTarget.For(sm);
        using var compiler = new PtxCompiler(target);
        List<string> findings = [];
        foreach (var (form, threads) in PortableKernelForms.All)
        {
            var kernel = compiler.Compile(form, threads);
            findings.AddRange(PtxLint.Check(kernel, new PtxExpectations(target)).Select(finding => $"sm_{sm}: {kernel.Name}: {finding}"));
        }

        return findings;
    }

    [Fact]
    public void Kernels_have_entries_of_their_own() =>
        Assert.Distinct(PortableKernelForms.All.Select(form => $"{PtxCompiler.EntryOf(KernelNames.Of(form.Kernel))}/{form.Threads}"));
}
