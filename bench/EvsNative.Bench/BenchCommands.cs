using System.CommandLine;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>
/// The words on the command line. 0: done. 1: something computes wrong numbers or does not run, as the table says. 2: something given
/// cannot be used, said in one line.
/// </summary>
internal static partial class BenchCommands
{
    private const int Wrong = 1, UnusableInput = 2, MostThreads = 1024, MostRounds = 1000, MostFrames = 32, SideStep = 64, MostSide = 4096;

    public static int Run(string[] args)
    {
        var root = new RootCommand("Speed, memory and scaling of EvsNative, against this machine's limits and against other programs.")
        {
            Cpu(), Convolutions(), Gpu(), Instructions(), KernelTable(), Model(), Agree(), Evs(), Precision(), Golden(), Demo(), Beside(),
            Memory(), Limits(), Load(), Formats(), Scaling(), Micro(), Start(),
        };
        return Run(root, args.Length > 0 ? args : ["--help"]);
    }

    /// <summary>Does what the words of a program say; whatever the program, with the same codes.</summary>
    internal static int Run(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors is [var error, ..]) return Refuse(error.Message);
        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception fault) when (fault is InputException or DeviceException)
        {
            return Refuse(fault.Message);
        }
    }

    private static Command Cpu()
    {
        var threads = Threads();
        var only = new Option<string[]>("--only") { Description = "lines whose group or name contains this; may be given several times" };
        var peer = new Option<string[]>("--peer")
        {
            Description = $"time a peer beside, in turns: {string.Join(", ", PeerPrograms.Names)}; may be given several times; alone, all",
            Arity = ArgumentArity.ZeroOrMore,
        };
        peer.AcceptOnlyFromAmong([.. PeerPrograms.Names]);
        var rounds =
            new Option<int>("--rounds") { Description = "how often they take turns; medians are printed", DefaultValueFactory = _ => 5 };
        var peak = new Option<bool>("--peak") { Description = "peak memory of networks too, each program in a process of its own" };
        var once = new Option<bool>("--once") { Description = "one call of each line and nothing else: to be watched from outside" };
        var markdown = new Option<bool>("--markdown") { Description = "print the table for a page" };
        var command = new Command("cpu", "The operations and networks of the CPU backend: time, rate, share of the roof, the peers.")
        {
            threads, only, peer, rounds, peak, once, markdown,
        };
        command.SetAction(said =>
        {
            int used = ThreadsOf(said.GetValue(threads));
            string[] words = said.GetValue(only) ?? [];
            var request = new CpuRequest(
                used, words, Peers(said, peer), said.GetValue(peak), Within("--rounds", said.GetValue(rounds), 1, MostRounds),
                said.GetValue(markdown));
            if (!said.GetValue(once)) return CpuBench.Print(request) ? 0 : Wrong;
            CpuBench.Once(used, words);
            return 0;
        });
        return command;
    }

    /// <summary>The peers named, all of them if the option stands alone, none if it is absent.</summary>
    private static IReadOnlyCollection<string> Peers(ParseResult said, Option<string[]> option) =>
        said.GetResult(option) is null ? [] : said.GetValue(option) is { Length: > 0 } named ? [.. named.Distinct()] : PeerPrograms.Names;

    private static Command Memory()
    {
        var model = new Option<string?>("--model")
        {
            Description = "a model folder with motion_adapter, float16; made by formula for the run unless given (3 GB of disk)",
        };
        var frames = new Option<int>("--frames") { Description = "frames of the clip", DefaultValueFactory = _ => 16 };
        var side = Side(256);
        var threads = Threads();
        var peer = new Option<bool>("--peer") { Description = "run PyTorch too (python3 with torch)" };
        var command = new Command("memory", "Peak memory of the whole pipeline.") { model, frames, side, threads, peer };
        command.SetAction(said => MemoryBench.Print(
            said.GetValue(model), Within("--frames", said.GetValue(frames), 2, MostFrames), SideOf(said.GetValue(side)),
            ThreadsOf(said.GetValue(threads)), said.GetValue(peer)));
        return command;
    }

    private static Command Limits()
    {
        var limits = new Option<string[]>("--limit")
        {
            Description = "an amount for --max-memory; may be given several times; 6GB and 3GB unless given",
            DefaultValueFactory = _ => ["6GB", "3GB"],
        };
        var frames = new Option<int>("--frames") { Description = "frames of the clip", DefaultValueFactory = _ => 16 };
        var side = Side(512);
        var threads = Threads();
        var written = new Option<bool>("--written") { Description = "read the model from the disk (6 GB), not by formula" };
        var command = new Command("limits", "Peak memory and time of whole runs under --max-memory.")
        {
            limits, frames, side, threads, written,
        };
        command.SetAction(said => LimitsBench.Print(
            said.GetValue(limits)!, Within("--frames", said.GetValue(frames), 2, MostFrames), SideOf(said.GetValue(side)),
            ThreadsOf(said.GetValue(threads)), said.GetValue(written)));
        return command;
    }

    private static Command Load()
    {
        var model =
            new Option<string?>("--model") { Description = "a model folder; made by formula for the run unless given (3 GB of disk)" };
        var rounds = new Option<int>("--rounds") { Description = "loads of each kind; the best is printed", DefaultValueFactory = _ => 5 };
        var threads = Threads();
        var convolutions = new Option<bool>("--convolutions") { Description = "the LoRAs change convolutions too" };
        var once =
            new Option<string?>("--once") { Description = "load this model folder once, with what --lora says, and print the seconds" };
        var lora = new Option<string[]>("--lora") { Description = "with --once: a LoRA to merge; may be given several times" };
        var command = new Command("load", "Time and memory of loading, without LoRAs and with three.")
        {
            model, rounds, threads, convolutions, once, lora,
        };
        command.SetAction(said =>
        {
            int used = ThreadsOf(said.GetValue(threads));
            if (said.GetValue(once) is { } folder) LoadBench.Once(folder, said.GetValue(lora) ?? [], used);
            else LoadBench.Print(
                said.GetValue(model), Within("--rounds", said.GetValue(rounds), 1, MostRounds), used, said.GetValue(convolutions));
        });
        return command;
    }

    private static Command Formats()
    {
        var threads = Threads();
        var rounds =
            new Option<int>("--rounds") { Description = "loads of each file; medians are printed", DefaultValueFactory = _ => 3 };
        var command = new Command("formats", "Loading Stable Diffusion 1.5 from one file of each format (6 GB of disk for the run).")
        {
            threads, rounds,
        };
        command.SetAction(said =>
            FormatBench.Print(ThreadsOf(said.GetValue(threads)), Within("--rounds", said.GetValue(rounds), 1, MostRounds)));
        return command;
    }

    private static Command Scaling()
    {
        var side = Side(128);
        var threads = Threads();
        var markdown = new Option<bool>("--markdown") { Description = "print the tables for a page" };
        var command = new Command("scaling", "Time and memory for more frames and for more steps.") { side, threads, markdown };
        command.SetAction(
            said => ScalingBench.Print(SideOf(said.GetValue(side)), ThreadsOf(said.GetValue(threads)), said.GetValue(markdown)));
        return command;
    }

    private static Option<int> Side(int usual) =>
        new("--side") { Description = $"height and width of the frames, {usual} unless given", DefaultValueFactory = _ => usual };

    private static int SideOf(int side) =>
        Within("--side", side, SideStep, MostSide) % SideStep == 0
            ? side
            : throw new InputException(InputCode.OutOfRange, $"--side {side}: a multiple of {SideStep}");

    internal static int ThreadsOf(int said) =>
        Within("--threads", said, 0, MostThreads) is > 0 and var threads ? threads : Environment.ProcessorCount;

    internal static Option<int> Threads() => new("--threads") { Description = "threads; as many as the process may use unless given" };

    private static int Within(string option, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new InputException(InputCode.OutOfRange, $"{option} {value}: {least} to {most}");

    private static int Refuse(string line)
    {
        Console.Error.WriteLine($"bench: {line.ReplaceLineEndings(" ").Trim()}");
        return UnusableInput;
    }
}
