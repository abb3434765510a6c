using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>NVIDIA's assembler on all kernels, where <c>EVSNATIVE_PTXAS</c> names it.</summary>
public sealed partial class AssemblerTests(ITestOutputHelper output)
{
    /// <summary>
    /// The assembler gives up a register or two of its own accord where another group then fits on a multiprocessor; with
    /// <c>.minnctapersm 1</c> it keeps them, and a group less fits. More than that is a kernel that holds too much.
    /// </summary>
    private const int MostBytes = 8;

    [Theory]
    [InlineData(60)]
    [InlineData(75)]
    [InlineData(80)]
    [InlineData(86)]
    [InlineData(89)]
    [InlineData(90)]
    [InlineData(100)]
    [InlineData(120)]
    public void Every_kernel_fits_its_registers(int sm)
    {
        string? assembler = Environment.GetEnvironmentVariable("EVSNATIVE_PTXAS");
        Assert.SkipWhen(string.IsNullOrEmpty(assembler), "EVSNATIVE_PTXAS does not name NVIDIA's assembler");
        var target = PtxTarget.For(sm);
        Assert.SkipUnless(Assemble(assembler, target, PtxTexts.Kernel("ret;")).Code == 0, $"this assembler does not know sm_{sm}");
        using var compiler = new PtxCompiler(target);
        List<string> failures = [];
        foreach (var (form, threads) in PortableKernelForms.All)
        {
            var kernel = compiler.Compile(form, threads);
            var (code, said) = Assemble(assembler, target, kernel.Text);
            string summary =
                $"{kernel.Name}, {threads} threads: {string.Join(", ", Measures().Matches(said).Select(match => match.Value))}";
            output.WriteLine(summary);
            bool isGood = code == 0 && Measures().Matches(said).All(match => !match.Groups["kept"].Success || Kept(match) <= MostBytes);
            if (!isGood) failures.Add(code == 0 ? summary : $"{kernel.Name}: {said}");
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static int Kept(Match match) => int.Parse(match.Groups["kept"].Value, CultureInfo.InvariantCulture);

    private static (int Code, string Said) Assemble(string assembler, PtxTarget target, string text)
    {
        string source = Path.GetTempFileName();
        try
        {
            File.WriteAllText(source, PtxPasses.Retarget(text, target));
            var start =
                new ProcessStartInfo(assembler, ["-v", $"-arch=sm_{target.Sm}", source, "-o", Path.ChangeExtension(source, ".cubin")])
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said + output.Result);
        }
        finally
        {
            File.Delete(source);
            File.Delete(Path.ChangeExtension(source, ".cubin"));
        }
    }

    [GeneratedRegex(@"(?<kept>\d+) bytes (stack frame|spill stores|spill loads)|Used \d+ registers")]
    private static partial Regex Measures();
}
