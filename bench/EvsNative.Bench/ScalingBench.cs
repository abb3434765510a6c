using System.Diagnostics;
using System.Text.Json;
using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>How time and memory grow with frames and with steps: linearly, if what each one adds does not grow.</summary>
internal static class ScalingBench
{
    private const string Weights = "sd15";

    // The program takes clips, and a clip has two frames at least.
    private static readonly int[] Frames = [2, 4, 16], Steps = [1, 2, 4];

    private static readonly (string, int)[] Columns =
        [("", 12), ("seconds", 10), ("each", 10), ("added each", 12), ("peak GB", 10), ("added MB each", 15)];

    /// <param name="side">height and width of the frames</param>
    /// <param name="threads">threads</param>
    /// <param name="isMarkdown">print for a page</param>
    public static void Print(int side, int threads, bool isMarkdown)
    {
        using var folder = new WorkFolder();
        var refinement = new Refinement(folder.Path);
        Console.WriteLine(
            $"frames of {side}x{side}, full size on weights by formula, {threads} threads; encode, one image step, one video step, decode");
        Print(isMarkdown, "frames", Frames, frames => refinement.Do(frames, side, threads, Settings(1)), "encode", "image", "video",
            "decode");
        Console.WriteLine();
        Console.WriteLine($"{Frames[0]} frames, steps of each model; the steps alone");
        Print(isMarkdown, "steps", Steps, steps => refinement.Do(Frames[0], side, threads, Settings(steps)), "image", "video");
        Console.WriteLine();
        Console.WriteLine($"one pass of the motion U-Net on frames of {side}x{side}");
        PrintPasses(side, threads, isMarkdown);
    }

    /// <summary>The motion U-Net alone, which takes a single frame too.</summary>
    private static void PrintPasses(int side, int threads, bool isMarkdown)
    {
        const int Latent = 8, Runs = 3;
        using var d = Device.Open(new DeviceOptions(Threads: threads));
        var passes = NetworkCases.MotionPasses(d, side / Latent);
        var table = new Table(isMarkdown, ("", 12), ("seconds", 10), ("each", 10), ("activations MB", 16), ("each", 8));
        table.Head();
        foreach (int frames in (int[])[1, 4, 16])
        {
            d.ResetPeak();
            var pass = passes(frames);
            pass();
            double seconds = Statistics.Median([.. Enumerable.Range(0, Runs).Select(_ => Timed(pass))]);
            double megabytes = d.ScratchPeakBytes / 1e6;
            table.Line($"{frames} frames", $"{seconds:F3}", $"{seconds / frames:F3}", $"{megabytes:F1}", $"{megabytes / frames:F1}");
        }
    }

    private static double Timed(Action run)
    {
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string[] Settings(int steps) =>
    [
        "--fake-weights", Weights, "--mode", "t2i+t2v", "--image-steps", "50", "--image-start", $"{steps}", "--video-steps", "8",
        "--video-start", $"{steps}",
    ];

    private static void Print(bool isMarkdown, string what, int[] counts, Func<int, (ChildRun Run, JsonElement Summary)> run,
        params string[] phases)
    {
        var table = new Table(isMarkdown, Columns);
        table.Head();
        (int Count, double Seconds, long Bytes)? last = null;
        foreach (int count in counts)
        {
            var (child, summary) = run(count);
            double seconds = Refinement.Seconds(summary, phases);
            string Added(Func<(int Count, double Seconds, long Bytes), double> before, double now, string format) =>
                last is { } l ? ((now - before(l)) / (count - l.Count)).ToString(format) : "";
            table.Line(
                $"{count} {what}", $"{seconds:F2}", $"{seconds / count:F3}", Added(l => l.Seconds, seconds, "F3"),
                $"{child.PeakBytes / 1e9:F3}", Added(l => l.Bytes / 1e6, child.PeakBytes / 1e6, "F1"));
            last = (count, seconds, child.PeakBytes);
        }
    }
}
