using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EvsNative.MachineCode;

/// <summary>What NVIDIA's assembler makes of a text of PTX.</summary>
/// <param name="Problem">what it says where it refuses; empty otherwise</param>
/// <param name="Registers">of a thread</param>
/// <param name="StackBytes">of a thread: arrays and spilled registers</param>
/// <param name="SpillBytes">of a thread, stores and loads of spilled registers together</param>
/// <param name="Code">the machine code; null if it was not asked for, or there is no disassembler</param>
public sealed record Assembled(string Problem, int Registers, int StackBytes, int SpillBytes, MachineKernel? Code);

/// <summary>NVIDIA's assembler, and the disassembler that lies beside it. Safe to use from several threads.</summary>
/// <param name="path">of <c>ptxas</c></param>
public sealed partial class Assembler(string path)
{
    /// <summary>The variable that names it.</summary>
    public const string Variable = "EVSNATIVE_PTXAS";

    /// <summary>The one that the variable names; null if it names none.</summary>
    public static Assembler? Find() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? new Assembler(path) : null;

    /// <summary>Where the disassembler is; null if it does not lie beside the assembler.</summary>
    public string? Disassembler { get; } =
        Path.Combine(Path.GetDirectoryName(path) ?? "", "cuobjdump") is var beside && File.Exists(beside) ? beside : null;

    /// <summary>Assembles a text.</summary>
    /// <param name="text">with a target that the architecture includes</param>
    /// <param name="architecture">such as <c>sm_90</c></param>
    /// <param name="withCode">also read the machine code</param>
    public Assembled Assemble(string text, string architecture, bool withCode = false)
    {
        var folder = Directory.CreateTempSubdirectory("evsnative-assembler-");
        try
        {
            string source = Path.Combine(folder.FullName, "kernel.ptx"), binary = Path.Combine(folder.FullName, "kernel.cubin");
            File.WriteAllText(source, text);
            var (code, said) = Run(path, "-v", $"-arch={architecture}", source, "-o", binary);
            if (code != 0) return new Assembled(said, 0, 0, 0, null);
            int spilled = Sum(said, "spill stores") + Sum(said, "spill loads");
            var kernel = withCode && Disassembler is { } disassembler ? MachineKernel.Parse(Run(disassembler, "-sass", binary).Said) : null;
            return new Assembled("", int.Parse(Used().Match(said).Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                Sum(said, "stack frame"), spilled, kernel);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static int Sum(string said, string what) => Kept().Matches(said).Where(match => match.Groups[2].Value == what)
        .Sum(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said + output.Result);
    }

    [GeneratedRegex(@"Used (\d+) registers")]
    private static partial Regex Used();

    [GeneratedRegex(@"(\d+) bytes (stack frame|spill stores|spill loads)")]
    private static partial Regex Kept();
}
