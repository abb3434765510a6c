using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Bench;

/// <summary>
/// Seconds and peak memory of loading Stable Diffusion 1.5 from one file, by format and type, beside the time that reading the file twice
/// takes. Files lie in the system's cache, as they do for who runs twice; what a disk adds is the disk's.
/// </summary>
internal static class FormatBench
{
    private const string Size = "sd15";

    /// <param name="threads">threads of the program</param>
    /// <param name="rounds">how often each file is loaded; the median is printed</param>
    public static void Print(int threads, int rounds)
    {
        using var folder = new WorkFolder();
        string tokenizer = Path.Combine(folder.Path, "words");
        FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(tokenizer).FullName, "tiny", StoredType.F16);
        tokenizer = Path.Combine(tokenizer, "tokenizer");
        Console.WriteLine($"{"file",-24}{"GB",8}{"load s",10}{"read twice s",14}{"ratio",8}{"peak GB",10}");
        foreach (var type in new[] { StoredType.F16, StoredType.F32 })
        {
            string path = Path.Combine(folder.Path, $"sd15-{type}.safetensors");
            FormulaCheckpoint.WriteSingleFile(path, Size, type);
            Print($"safetensors {type}", path, tokenizer, folder.Path, threads, rounds);
            if (Python.FindWithTorch() is { } python)
            {
                string pickle = Path.ChangeExtension(path, ".ckpt");
                ChildRun.Of(Python.Script(python, "bench/peers/torch_save.py", path, pickle));
                File.Delete(path);
                Print($"torch.save {type}", pickle, tokenizer, folder.Path, threads, rounds);
                File.Delete(pickle);
            }
            else
            {
                File.Delete(path);
                Console.WriteLine(Python.Missing);
            }
        }
    }

    private static void Print(string name, string path, string tokenizer, string folder, int threads, int rounds)
    {
        var loads = new List<double>();
        var reads = new List<double>();
        long peak = 0;
        for (int i = 0; i < rounds; i++)
        {
            reads.Add(SecondsOfReading(path) + SecondsOfReading(path));
            var (run, summary) = new Refinement(folder).Do(
                1, 64, threads, "--device", "cpu", "--model", path, "--tokenizer", tokenizer, "--mode", "t2i", "--image-steps", "2",
                "--image-start", "1");
            loads.Add(Refinement.Seconds(summary, "load"));
            peak = Math.Max(peak, run.PeakBytes);
        }

        double load = Statistics.Median(loads), read = Statistics.Median(reads);
        Console.WriteLine(
            $"{name,-24}{new FileInfo(path).Length / 1e9,8:F2}{load,10:F2}{read,14:F2}{load / read,8:F2}{peak / 1e9,10:F2}");
    }

    /// <summary>Reads a file from its start to its end and throws it away, in pieces that fit a cache.</summary>
    private static double SecondsOfReading(string path)
    {
        byte[] piece = new byte[1 << 18];
        var clock = Stopwatch.StartNew();
        using var file = File.OpenHandle(path);
        for (long at = 0; RandomAccess.Read(file, piece, at) is > 0 and var read; at += read) { }
        return clock.Elapsed.TotalSeconds;
    }
}
