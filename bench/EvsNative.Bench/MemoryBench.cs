using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Bench;

/// <summary>
/// Peak memory of the whole pipeline on one float16 checkpoint: load, read the prompt, encode, one step of the image model, one of the
/// video model, decode. Ours is the program itself, the peer bench/peers/torch_pipeline.py; both are watched from outside.
/// </summary>
internal static class MemoryBench
{
    private const string Size = "sd15";

    /// <param name="model">a model folder, float16; null to make one by formula (3 GB on the disk for the time of the run)</param>
    /// <param name="frames">frames of the clip</param>
    /// <param name="side">height and width</param>
    /// <param name="threads">threads of both</param>
    /// <param name="hasPeer">run PyTorch too</param>
    public static void Print(string? model, int frames, int side, int threads, bool hasPeer)
    {
        using var folder = new WorkFolder();
        if (model is null)
        {
            model = Path.Combine(folder.Path, "model");
            FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(model).FullName, Size, StoredType.F16);
        }

        Console.WriteLine($"{frames} frames of {side}x{side}, one image step, one video step, {threads} threads");
        var ours = new Refinement(folder.Path).Do(
            frames, side, threads, "--model", model, "--mode", "t2i+t2v", "--image-steps", "2", "--image-start", "1", "--video-steps", "4",
            "--video-start", "1");
        Print("EvsNative", ours.Run, Refinement.Seconds(ours.Summary));
        if (!hasPeer) return;
        if (Python.FindWithTorch() is not { } python)
        {
            Console.WriteLine(Python.Missing);
            return;
        }

        var theirs = ChildRun.Of(Python.Script(python, "bench/peers/torch_pipeline.py", model, $"{frames}", $"{side}", $"{threads}"));
        using var json = JsonDocument.Parse(theirs.Output);
        Print(json.RootElement.GetProperty("name").GetString()!, theirs, json.RootElement.GetProperty("seconds").GetDouble());
        Console.WriteLine($"peer/ours: memory {theirs.PeakBytes / (double)ours.Run.PeakBytes:F2}");
    }

    private static void Print(string name, ChildRun run, double seconds) =>
        Console.WriteLine($"{name,-28}{run.PeakBytes / 1e9,8:F3} GB at most {seconds,10:F1} s of work");
}
