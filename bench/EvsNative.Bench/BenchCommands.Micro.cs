using System.CommandLine;
using System.Diagnostics;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <content>
/// Micro-benchmarks, a program of its own, since what it is built on would triple what travels to a machine with a GPU; and starts.
/// </content>
internal static partial class BenchCommands
{
    private const string MicroProject = "bench/EvsNative.Micro/EvsNative.Micro.csproj";

    /// <summary>How that program is started.</summary>
    /// <param name="words">what it is told</param>
    /// <exception cref="InputException">it is not there</exception>
    internal static ProcessStartInfo MicroStart(IEnumerable<string> words) =>
        new("dotnet", ["run", "-c", "Release", "--project", RepositoryFile.Find(MicroProject), "--", .. words]);

    private static Command Micro()
    {
        var command = new Command("micro", "Every kernel by BenchmarkDotNet, on every device at hand (--list, --filter GLOB).")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(said =>
        {
            using var program = Process.Start(MicroStart(said.UnmatchedTokens))!;
            program.WaitForExit();
            return program.ExitCode;
        });
        return command;
    }

    private static Command Start()
    {
        var program = new Option<string?>("--program")
        {
            Description = "what is started: a program of one file or a .dll; unless given, the one beside the bench",
        };
        var rounds = new Option<int>("--rounds") { Description = "starts of each kind", DefaultValueFactory = _ => 7 };
        var threads = Threads();
        var markdown = Markdown();
        var command = new Command("start", "How long the program takes to say its help and to make the demo, in parts.")
        {
            program, rounds, threads, markdown,
        };
        command.SetAction(said => StartBench.Print(
            said.GetValue(program), Within("--rounds", said.GetValue(rounds), 1, MostRounds), ThreadsOf(said.GetValue(threads)),
            said.GetValue(markdown)));
        return command;
    }
}
