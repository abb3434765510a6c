using System.Diagnostics;
using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>
/// How long a user waits for the program: its help, its version, and the demo with its parts. Each start is a process of its own, medians
/// are printed; what is before, between and behind the stages that the program tells is its own part.
/// </summary>
internal static class StartBench
{
    private const string Around = "start and end";

    /// <param name="program">a program of one file, or a .dll; the one beside the bench if absent</param>
    /// <param name="rounds">starts of each kind</param>
    /// <param name="threads">threads of the demo</param>
    /// <param name="isMarkdown">print for a page</param>
    /// <exception cref="InputException">the program failed or is not there</exception>
    public static void Print(string? program, int rounds, int threads, bool isMarkdown)
    {
        if (program is not null && !File.Exists(program))
            throw new InputException(InputCode.NotFound, $"--program {program}: no such file");
        using var folder = new WorkFolder();
        List<ChildRun> help = [], version = [], demo = [];
        List<Dictionary<string, double>> parts = [];
        // In turns, so that a noisy moment hits all; the first round reads files that are in no cache yet, and is left out.
        for (int round = 0; round <= rounds; round++)
        {
            var (page, word) = (Start(program, "--help"), Start(program, "--version"));
            var run = Start(
                program, "refine", "--demo", "--device", "cpu", "--threads", $"{threads}", "--json", "--force",
                "-o", Path.Combine(folder.Path, "demo"));
            if (round == 0) continue;
            help.Add(page);
            version.Add(word);
            demo.Add(run);
            parts.Add(Parts(run));
        }

        Console.WriteLine($"{program ?? "the program beside the bench"}, medians of {rounds} starts, {threads} threads");
        var table = new Table(isMarkdown, ("part", 24), ("seconds", 10));
        table.Head();
        table.Line("--help", $"{Statistics.Median(help.Select(run => run.Seconds)):F3}");
        table.Line("--version", $"{Statistics.Median(version.Select(run => run.Seconds)):F3}");
        table.Line("refine --demo", $"{Statistics.Median(demo.Select(run => run.Seconds)):F2}");
        foreach (string part in parts[0].Keys) table.Line($"  {part}", $"{Statistics.Median(parts.Select(each => each[part])):F2}");
    }

    /// <summary>Seconds of the stages that a run told, and of what is around them.</summary>
    internal static Dictionary<string, double> Parts(ChildRun demo)
    {
        using var summary = JsonDocument.Parse(demo.Output);
        var parts = summary.RootElement.GetProperty("stages").EnumerateArray()
            .ToDictionary(stage => stage.GetProperty("name").GetString()!, stage => stage.GetProperty("seconds").GetDouble());
        parts[Around] = demo.Seconds - parts.Values.Sum();
        return parts;
    }

    private static ChildRun Start(string? program, params string[] words) => program is null ? Refinement.Program(words)
        : program.EndsWith(".dll", StringComparison.Ordinal) ? ChildRun.Of(new ProcessStartInfo("dotnet", [program, .. words]))
        : ChildRun.Of(new ProcessStartInfo(program, words));
}
