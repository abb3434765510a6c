using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Bench;

/// <summary>
/// Whole runs of Stable Diffusion 1.5 with motion modules under <c>--max-memory</c>: whether they stay below, and what that costs in time.
/// Beside them the time that the clip's pixels take: reading it as often as a run does, resizing, encoding and writing.
/// </summary>
internal static class LimitsBench
{
    private const string Size = "sd15";

    /// <summary>A run looks through a clip, reads it for the networks, and once more to compare.</summary>
    private const int Readings = 3;

    /// <param name="limits">amounts as <c>--max-memory</c> takes them</param>
    /// <param name="frames">frames of the clip</param>
    /// <param name="side">height and width</param>
    /// <param name="threads">threads</param>
    /// <param name="isWritten">the model is written to the disk in 32 bits and read from there; made up as it is needed if not</param>
    public static void Print(IReadOnlyList<string> limits, int frames, int side, int threads, bool isWritten)
    {
        using var folder = new WorkFolder();
        string[] model = ["--fake-weights", Size];
        if (isWritten)
        {
            string path = Path.Combine(folder.Path, "model");
            FormulaCheckpoint.WriteFolder(Directory.CreateDirectory(path).FullName, Size, StoredType.F32);
            model = ["--model", path];
        }

        string weights = isWritten ? "6 GB of float32 files" : "weights by formula";
        Console.WriteLine($"{frames} frames of {side}x{side}, evs, {weights}, {threads} threads");
        Console.WriteLine($"{"limit",-10}{"peak GB",10}{"seconds",10}{"ratio",8}  plan");
        double first = 0;
        foreach (string limit in limits.Prepend("none"))
        {
            string[] words = limit == "none" ? [] : ["--max-memory", limit];
            var (run, summary) = new Refinement(folder.Path).Do(
                frames, side, threads,
                [
                    .. model, "--image-steps", "4", "--image-start", "2", "--insert-at", "1", "--video-steps", "4", "--video-start", "1",
                    .. words,
                ]);
            double seconds = Refinement.Seconds(summary);
            if (first == 0) first = seconds;
            string plan = summary.GetProperty("memoryPlan").GetString()!;
            Console.WriteLine($"{limit,-10}{run.PeakBytes / 1e9,10:F2}{seconds,10:F1}{seconds / first,8:F3}  {plan}");
        }

        double pixels = PixelSeconds(folder.Path, frames, side);
        Console.WriteLine(
            $"{"pixels",-10}{"",10}{pixels,10:F2}{pixels / first,8:F4}  read {Readings} times, resized, encoded as H.264, written");
    }

    /// <summary>What the clip's pixels take without networks.</summary>
    private static double PixelSeconds(string folder, int frames, int side)
    {
        string clip = Path.Combine(folder, "pixels.mp4"), result = Path.Combine(folder, "pixels-out.mp4");
        FrameFiles.Write(clip, FrameFiles.Read(new Refinement(folder).Clip(frames, side, side)));
        var clock = Stopwatch.StartNew();
        for (int i = 1; i < Readings; i++) FrameFiles.Read(clip);
        var read = FrameFiles.Read(clip);
        // A run resizes twice: for the networks, and from what they give to the size of the result.
        FrameFiles.Write(result, PixelResize.Bicubic(PixelResize.Bicubic(read, side / 2, side / 2), side, side));
        return clock.Elapsed.TotalSeconds;
    }
}
