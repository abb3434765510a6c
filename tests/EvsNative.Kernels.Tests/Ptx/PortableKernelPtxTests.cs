using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PortableKernelPtxTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(75)]
    [InlineData(80)]
    [InlineData(86)]
    [InlineData(89)]
    [InlineData(90)]
    [InlineData(100)]
    [InlineData(120)]
    public void Every_kernel_of_every_operation_compiles_and_has_no_findings(int sm)
    {
        var target = PtxTarget.For(sm);
        using var compiler = new PtxCompiler(target);
        Assert.NotEmpty(PortableKernelForms.All);
        List<string> findings = [];
        foreach (var (form, threads) in PortableKernelForms.All)
        {
            var kernel = compiler.Compile(form, threads);
            findings.AddRange(PtxLint.Check(kernel, new PtxExpectations(target)).Select(finding => $"{kernel.Name}: {finding}"));
        }

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Fact]
    public void Kernels_have_entries_of_their_own() =>
        Assert.Distinct(PortableKernelForms.All.Select(form => $"{PtxCompiler.EntryOf(KernelNames.Of(form.Kernel))}/{form.Threads}"));
}
