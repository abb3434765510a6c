using System.Reflection;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

public sealed class PortableKernelPtxTests
{
    private static readonly PtxTarget[] Targets = [.. ((int[])[60, 75, 80, 86, 89, 90, 100, 120]).Select(sm => PtxTarget.For(sm))];

    [Fact]
    public void Every_kernel_of_every_operation_compiles_and_has_no_findings()
    {
        var forms = PortableKernelForms.All;
        Assert.NotEmpty(forms);
        var parts = forms.Index().GroupBy(form => form.Index % Environment.ProcessorCount);
        var findings = parts.AsParallel().SelectMany(part => Findings([.. part])).ToList();
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    /// <summary>
    /// What is wrong, and kernels whose text is not that of the other architectures: what the interpreter runs for one of them, it runs for
    /// all. ILGPU's own texts are compared, since our passes look at a text alone and write the target over its head; so one architecture's
    /// finished text stands for all. Each kernel is compiled for the oldest and for the newest architecture, and for those between in turn:
    /// ILGPU asks whether an architecture is at least some other, so what both ends have in common the ones between have too.
    /// </summary>
    private static List<string> Findings(IReadOnlyList<(int Index, (MethodInfo Kernel, int Threads) Form)> forms)
    {
        PtxCompiler[] compilers = [.. Targets.Select(target => new PtxCompiler(target))];
        List<string> findings = [];
        foreach (var (index, (form, threads)) in forms)
        {
            string entry = PtxCompiler.EntryOf(KernelNames.Of(form)), newest = compilers[^1].CompileRaw(form, threads);
            string body = Body(newest, entry);
            foreach (var compiler in (PtxCompiler[])[compilers[0], compilers[1 + (index % (Targets.Length - 2))]])
                if (Body(compiler.CompileRaw(form, threads), entry) != body)
                    findings.Add($"{compiler.Target}: {entry}: another text than for {Targets[^1]}");

            var kernel = new PtxKernel(entry, entry, PtxPasses.Finish(newest, Targets[^1], entry), threads);
            findings.AddRange(
                PtxLint.Check(kernel, new PtxExpectations(Targets[^1])).Select(finding => $"{Targets[^1]}: {entry}: {finding}"));
        }

        foreach (var compiler in compilers) compiler.Dispose();
        return findings;
    }

    private static string Body(string text, string entry)
    {
        string canonical = PtxPasses.Canonical(text, entry);
        return canonical[canonical.IndexOf(".address_size", StringComparison.Ordinal)..];
    }

    [Fact]
    public void Kernels_have_entries_of_their_own() =>
        Assert.Distinct(PortableKernelForms.All.Select(form => $"{PtxCompiler.EntryOf(KernelNames.Of(form.Kernel))}/{form.Threads}"));
}
