using System.Diagnostics;
using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Models.Evs;

namespace EvsNative.Bench;

/// <summary>
/// Time and peak memory of loading an image model of real size: without LoRAs, with three of the usual rank, and with three of ranks 32, 64
/// and 128. Each load is a process of its own; they take turns, and the best of each is printed. The files were read before, so that no
/// disk is measured.
/// </summary>
internal static class LoadBench
{
    private const string Size = "sd15", TextPrefix = "lora_te_";
    private static readonly int[][] Sets = [[32, 32, 32], [32, 64, 128]];

    /// <param name="model">a model folder; null to make one by formula (3 GB on the disk for the time of the run)</param>
    /// <param name="rounds">loads of each kind</param>
    /// <param name="threads">threads</param>
    /// <param name="hasConvolutions">the LoRAs change convolutions too</param>
    public static void Print(string? model, int rounds, int threads, bool hasConvolutions)
    {
        using var folder = new WorkFolder();
        if (model is null)
        {
            model = Path.Combine(folder.Path, "model");
            FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(model).FullName, Size, StoredType.F16);
        }

        var loras = Sets.SelectMany(ranks => ranks).Distinct().ToDictionary(
            rank => rank, rank => WriteLora(Path.Combine(folder.Path, $"{rank}.safetensors"), model, rank, hasConvolutions));
        (string Name, string[] Words)[] kinds =
        [
            ("without LoRAs", []),
            .. Sets.Select(ranks => (
                $"with LoRAs of rank {string.Join(", ", ranks)}", ranks.SelectMany(rank => new[] { "--lora", loras[rank] }).ToArray())),
        ];
        var best = new (double Wall, double Busy, long Peak)[kinds.Length];
        Array.Fill(best, (double.PositiveInfinity, double.PositiveInfinity, 0));
        for (int round = 0; round < rounds; round++)
        {
            for (int k = 0; k < kinds.Length; k++)
            {
                var run = ChildRun.Of(OwnProgram.Start(["load", "--once", model, "--threads", $"{threads}", .. kinds[k].Words]));
                string[] told = run.Output.Split(' ');
                double Number(int i) => double.Parse(told[i], CultureInfo.InvariantCulture);
                best[k] = (Math.Min(best[k].Wall, Number(0)), Math.Min(best[k].Busy, Number(1)), Math.Max(best[k].Peak, run.PeakBytes));
            }
        }

        for (int k = 0; k < kinds.Length; k++)
        {
            Console.WriteLine(
                $"{kinds[k].Name,-36}{best[k].Wall,8:F2} s {best[k].Busy,8:F2} s of processors {best[k].Peak / 1e9,8:F3} GB at most");
        }

        for (int k = 1; k < kinds.Length; k++)
        {
            Console.WriteLine(
                $"{kinds[k].Name}, over without: time {best[k].Wall / best[0].Wall:F2}, of processors {best[k].Busy / best[0].Busy:F2}, "
                + $"memory {(best[k].Peak - best[0].Peak) / 1e6:F0} MB more");
        }
    }

    /// <summary>One load in this process: seconds, and seconds of all processors.</summary>
    public static void Once(string model, string[] loras, int threads)
    {
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        var clock = Stopwatch.StartNew();
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        using var parts = ModelParts.Open(
            new ModelRequest(model)
            {
                NeedsMotion = false,
                Loras = [.. loras.Select(path => new LoraChoice(path, 0.5))],
                Threads = threads,
            });
        GC.KeepAlive(EvsNetworks.Load(d, parts));
        self.Refresh();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F3} {(self.TotalProcessorTime - before).TotalSeconds:F3}"));
    }

    /// <summary>A LoRA in kohya's names for what kohya's scripts change unless told otherwise, and if wanted all else; float16.</summary>
    private static string WriteLora(string path, string model, int rank, bool hasConvolutions)
    {
        var tensors = new List<(string Name, long[] Shape)>();
        foreach (var (part, prefix) in new[] { ("unet", "lora_unet_"), ("text_encoder", TextPrefix) })
        {
            string file = Directory.GetFiles(Path.Combine(model, part), "*.safetensors").Single();
            using var weights = SafetensorsFile.Open(file);
            foreach (var (name, tensor) in weights.Tensors)
            {
                bool isChanged = name.EndsWith(".weight", StringComparison.Ordinal) && tensor.Shape.Count >= 2
                    && !name.Contains("embedding", StringComparison.Ordinal)
                    && (hasConvolutions || name.Contains("attentions.", StringComparison.Ordinal) || prefix == TextPrefix);
                if (!isChanged) continue;
                string module = prefix + name[..^".weight".Length].Replace('.', '_');
                long[] more = [.. tensor.Shape.Skip(2)];
                tensors.Add(($"{module}.lora_down.weight", [rank, tensor.Shape[1], .. more]));
                tensors.Add(($"{module}.lora_up.weight", [tensor.Shape[0], rank, .. more.Select(_ => 1L)]));
                tensors.Add(($"{module}.alpha", []));
            }
        }

        using var writer = new SafetensorsWriter(path, [.. tensors.Select(t => new SafetensorsPlan(t.Name, t.Shape, StoredType.F16))]);
        foreach (var (name, shape) in tensors)
        {
            long count = shape.Aggregate(1L, (product, length) => product * length);
            writer.Append(shape.Length == 0 ? [rank / 2f] : FormulaWeights.Input(name, count, 0.01));
        }

        return writer.Complete();
    }
}
