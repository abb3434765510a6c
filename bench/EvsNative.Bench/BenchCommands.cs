using System.CommandLine;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>The words on the command line. 0: done. 2: something given cannot be used, said in one line.</summary>
internal static class BenchCommands
{
    private const int UnusableInput = 2, MostThreads = 1024, MostRounds = 1000;

    public static int Run(string[] args)
    {
        var root = new RootCommand("Speed, memory and scaling of EvsNative, against this machine's limits and against PyTorch.") { Cpu() };
        var parsed = root.Parse(args.Length > 0 ? args : ["--help"]);
        if (parsed.Errors is [var error, ..]) return Refuse(error.Message);
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (InputException fault)
        {
            return Refuse(fault.Message);
        }
    }

    private static Command Cpu()
    {
        var threads = Threads();
        var only = new Option<string[]>("--only") { Description = "lines whose group or name contains this; may be given several times" };
        var peer = new Option<bool>("--peer") { Description = "time PyTorch beside, in turns (python3 with torch)" };
        var rounds = new Option<int>("--rounds") { Description = "how often they take turns; medians are printed", DefaultValueFactory = _ => 5 };
        var markdown = new Option<bool>("--markdown") { Description = "print the table for a page" };
        var command = new Command("cpu", "The operations and networks of the CPU backend: time, rate, share of the roof, the peer.") { threads, only, peer, rounds, markdown };
        command.SetAction(said => CpuBench.Print(new CpuRequest(
            Within("--threads", said.GetValue(threads), 0, MostThreads), said.GetValue(only) ?? [], said.GetValue(peer),
            Within("--rounds", said.GetValue(rounds), 1, MostRounds), said.GetValue(markdown))));
        return command;
    }

    private static Option<int> Threads() => new("--threads") { Description = "threads; as many as the process may use unless given" };

    private static int Within(string option, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new InputException($"{option} {value}: {least} to {most}");

    private static int Refuse(string line)
    {
        Console.Error.WriteLine($"bench: {line.ReplaceLineEndings(" ").Trim()}");
        return UnusableInput;
    }
}
