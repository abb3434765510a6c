using System.CommandLine;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <content>What is said about GPUs.</content>
internal static partial class BenchCommands
{
    private static Command Gpu()
    {
        var device = DeviceWord("auto");
        var precision = PrecisionWord();
        var threads = Threads();
        var only = Only();
        var beside = new Option<bool>("--beside-cpu") { Description = "time the CPU backend too, which takes minutes" };
        var markdown = Markdown();
        var json = Json();
        var rehearse = new Option<bool>("--rehearse")
        {
            Description = "each operation once on a tiny shape: tries that all of it runs, measures nothing",
        };
        var once = new Option<bool>("--once") { Description = "each line a few times, without timing: for a profiler" };
        var list = new Option<bool>("--list") { Description = "only tell the lines, without a device" };
        var command = new Command("gpu", "Every operation, or whole passes (--only passes), on a GPU, beside what it can do at best.")
        {
            device, precision, only, beside, threads, markdown, json, rehearse, once, list,
        };
        command.SetAction(said => CodeOf(GpuBench.Print(new GpuRequest(
            WishOf(said.GetValue(device)!), PrecisionOf(said.GetValue(precision)), said.GetValue(only) ?? [], said.GetValue(beside),
            ThreadsOf(said.GetValue(threads)), said.GetValue(markdown), said.GetValue(json), said.GetValue(rehearse),
            said.GetValue(once), said.GetValue(list)))));
        return command;
    }

    private static Command Instructions()
    {
        var device = DeviceWord("auto");
        var markdown = Markdown();
        var json = Json();
        var command = new Command("instructions", "Single instructions of tensor cores on a device against the manual.")
        {
            device, markdown, json,
        };
        command.SetAction(said =>
        {
            using var gpu = OpenGpu.Of(WishOf(said.GetValue(device)!));
            return CodeOf(InstructionBench.Print(gpu, said.GetValue(markdown), said.GetValue(json)));
        });
        return command;
    }

    private static Command KernelTable()
    {
        var device = DeviceWord("auto");
        var precision = PrecisionWord();
        var only = Only();
        var markdown = Markdown();
        var json = Json();
        var command = new Command("kernels", "Registers and memory of every kernel as the driver made it, against what its plan counts on.")
        {
            device, precision, only, markdown, json,
        };
        command.SetAction(said =>
        {
            using var gpu = OpenGpu.Of(WishOf(said.GetValue(device)!), PrecisionOf(said.GetValue(precision)));
            return CodeOf(KernelBench.Print(gpu, said.GetValue(only) ?? [], said.GetValue(markdown), said.GetValue(json)));
        });
        return command;
    }

    private static Command Agree()
    {
        var device = DeviceWord("cuda:0");
        var precision = PrecisionWord();
        var only = Only();
        var rehearse = new Option<bool>("--rehearse") { Description = "on tiny shapes" };
        var markdown = Markdown();
        var json = Json();
        var command = new Command("agree", "Kernels for tensor cores against portable ones on the same device, and against float64.")
        {
            device, precision, only, rehearse, markdown, json,
        };
        command.SetAction(said => CodeOf(AgreeBench.Print(
            WishOf(said.GetValue(device)!), PrecisionOf(said.GetValue(precision)) ?? ElementType.Float16, said.GetValue(only) ?? [],
            said.GetValue(rehearse), said.GetValue(markdown), said.GetValue(json))));
        return command;
    }

    private static Command Evs()
    {
        var device = DeviceWord("auto");
        var precision = PrecisionWord();
        var model = new Option<string>("--fake-weights") { Description = "sd15 or tiny", DefaultValueFactory = _ => "sd15" };
        var frames = new Option<int>("--frames") { Description = "frames of the clip", DefaultValueFactory = _ => 16 };
        var size = new Option<string>("--size") { Description = "width x height", DefaultValueFactory = _ => "1024x640" };
        var steps = new Option<int?>("--image-steps") { Description = "fewer steps, for rehearsals" };
        var json = Json();
        var command = new Command("evs", "A whole refinement by the program itself: seconds and device memory against its plan.")
        {
            device, precision, model, frames, size, steps, json,
        };
        command.SetAction(said =>
        {
            int[] sides = [.. said.GetValue(size)!.Split('x').Select(side => int.TryParse(side, out int number) ? number : 0)];
            if (sides.Length != 2) throw new InputException(InputCode.UnknownWord, $"--size {said.GetValue(size)}: width x height");
            return EvsBench.Print(
                new EvsRequest(
                    said.GetValue(device)!, said.GetValue(precision), said.GetValue(model)!,
                    Within("--frames", said.GetValue(frames), 2, MostFrames), Within("--size", sides[0], SideStep, MostSide),
                    Within("--size", sides[1], SideStep, MostSide),
                    said.GetValue(steps) is { } few ? ["--image-steps", $"{few}"] : []),
                said.GetValue(json));
        });
        return command;
    }

    private static Command Precision()
    {
        var device = DeviceWord("auto");
        var only = Only();
        var torch = new Option<string?>("--torch") { Description = "what bench/peers/torch_precision.py wrote" };
        var markdown = Markdown();
        var json = Json();
        var command = new Command("precision", "Errors of whole networks in binary16 and tf32 beside PyTorch's own.")
        {
            device, only, torch, markdown, json,
        };
        command.SetAction(said => CodeOf(PrecisionBench.Print(
            WishOf(said.GetValue(device)!), said.GetValue(only) ?? [], said.GetValue(torch), said.GetValue(markdown),
            said.GetValue(json))));
        return command;
    }

    private static Command Golden()
    {
        var device = DeviceWord("cpu");
        var precision = PrecisionWord();
        var only = Only();
        var markdown = Markdown();
        var json = Json();
        var command = new Command("golden", "Small networks on a device against PyTorch's numbers (tests/reference/goldens.json).")
        {
            device, precision, only, markdown, json,
        };
        command.SetAction(said =>
        {
            var wish = WishOf(said.GetValue(device)!);
            var chosen = PrecisionOf(said.GetValue(precision));
            using var d = wish.Backend == Backend.Cpu ? Device.Open(new DeviceOptions(Precision: chosen ?? ElementType.Float32))
                : OpenGpu.Of(wish, chosen).Device;
            return CodeOf(GoldenBench.Print(d, said.GetValue(only) ?? [], said.GetValue(markdown), said.GetValue(json)));
        });
        return command;
    }

    private static Command Demo()
    {
        var summary = new Argument<string>("summary") { Description = "the file with what refine --demo --json printed" };
        var frames = new Option<string?>("--frames") { Description = "the folder of frames that it wrote" };
        var beside = new Option<string?>("--beside") { Description = "frames that another device made from the same seed" };
        var markdown = Markdown();
        var json = Json();
        var command = new Command("demo", "Holds a run of the demo to its bars.") { summary, frames, beside, markdown, json };
        command.SetAction(said => CodeOf(DemoCheck.Print(
            said.GetValue(summary)!, said.GetValue(frames), said.GetValue(beside), said.GetValue(markdown), said.GetValue(json))));
        return command;
    }

    private static Command Beside()
    {
        var ours = new Argument<string>("ours") { Description = "what gpu --json wrote" };
        var theirs = new Argument<string>("theirs") { Description = "what a peer wrote" };
        var markdown = Markdown();
        var command = new Command("beside", "Times of gpu beside those of a peer.") { ours, theirs, markdown };
        command.SetAction(said => BesidePeer.Print(said.GetValue(ours)!, said.GetValue(theirs)!, said.GetValue(markdown)));
        return command;
    }

    private static int CodeOf(int failures) => failures == 0 ? 0 : Wrong;

    private static DeviceWish WishOf(string word) =>
        DeviceWish.Parse(word) ?? throw new InputException(InputCode.UnknownWord, $"--device {word}: {DeviceWish.Words}");

    private static ElementType? PrecisionOf(string? word) => word switch
    {
        null => null,
        "fp32" => ElementType.Float32,
        "fp16" => ElementType.Float16,
        _ => throw new InputException(InputCode.UnknownWord, $"--precision {word}: fp32 or fp16"),
    };

    private static Option<string> DeviceWord(string usual) =>
        new("--device") { Description = $"auto, cuda:0, opencl:0; {usual} unless given", DefaultValueFactory = _ => usual };

    private static Option<string?> PrecisionWord() => new("--precision") { Description = "fp16 or fp32: how activations are stored" };

    private static Option<string[]> Only() =>
        new("--only") { Description = "lines whose group or name contains this; may be given several times" };

    private static Option<bool> Markdown() => new("--markdown") { Description = "print the table for a page" };

    private static Option<string?> Json() => new("--json") { Description = "write every line to this file too, one JSON object a line" };
}
