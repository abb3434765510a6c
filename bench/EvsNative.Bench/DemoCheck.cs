using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Bench;

/// <summary>
/// Holds a run of the demo to the bars that the tests hold the processor to (its measures against the clean original), and its frames to
/// those of another device from the same seed.
/// </summary>
internal static class DemoCheck
{
    // The bars of the tests of the demo's quality; noise is the program's own, so frames cannot be the reference's.
    private const double LeastGain = 1.5, MostFlicker = 0.55, MostResidual = 0.65, LeastSharpness = 1.25;

    /// <summary>Decibels between two devices' frames, as the tests hold OpenCL to the processor.</summary>
    private const double LeastPsnr = 60, LeastPsnrOfHalf = 40;

    /// <param name="summaryPath">what <c>refine --demo --json</c> printed</param>
    /// <param name="frames">the folder that it wrote; absent where frames are not compared</param>
    /// <param name="beside">another device's frames; absent likewise</param>
    /// <param name="isMarkdown">print for a page</param>
    /// <param name="jsonPath">a file for every line; absent for none</param>
    /// <returns>how many bars are missed</returns>
    /// <exception cref="InputException">a file cannot be read</exception>
    public static int Print(string summaryPath, string? frames, string? beside, bool isMarkdown, string? jsonPath)
    {
        var (before, after, isHalf, seconds) = Read(summaryPath);
        List<(string Name, double Got, string Bar, bool IsMet)> rows =
        [
            ("PSNR gained, dB", after.Psnr - before.Psnr, $"at least {LeastGain}", after.Psnr - before.Psnr >= LeastGain),
            Most("flicker, after / before", after.Flicker / before.Flicker, MostFlicker),
            Most("residual, after / before", after.Residual / before.Residual, MostResidual),
            ("sharpness, after / before", after.Sharpness / before.Sharpness, $"at least {LeastSharpness}",
                after.Sharpness / before.Sharpness >= LeastSharpness),
        ];
        if (frames is not null && beside is not null)
        {
            double psnr = VideoMeasures.PsnrOf(FrameFiles.Read(frames), FrameFiles.Read(beside));
            double least = isHalf ? LeastPsnrOfHalf : LeastPsnr;
            rows.Add(("frames against the other device's, dB", psnr, $"at least {least}", psnr >= least));
        }

        using var json = new JsonLines(jsonPath);
        Console.WriteLine($"the demo took {seconds:F1} s");
        Console.WriteLine();
        var table = new Table(isMarkdown, ("demo", 40), ("result", 8), ("got", 10), ("bar", 16));
        table.Head();
        foreach (var (name, got, bar, isMet) in rows)
        {
            table.Line(name, isMet ? "pass" : "FAIL", $"{got:F2}", bar);
            json.Write(new { demo = name, passed = isMet, got = double.IsFinite(got) ? got : (double?)null, bar, seconds });
        }

        return rows.Count(row => !row.IsMet);
    }

    private static (string, double, string, bool) Most(string name, double got, double most) => (name, got, $"at most {most}", got <= most);

    private static (Measures Before, Measures After, bool IsHalf, double Seconds) Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            var run = json.RootElement;
            return (Measures.Of(run.GetProperty("before")), Measures.Of(run.GetProperty("after")),
                run.GetProperty("precision").GetString() == "float16", run.GetProperty("seconds").GetDouble());
        }
        catch (Exception e) when (e
            is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputException(InputCode.Unreadable, $"{path} is no summary of a demo run: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private sealed record Measures(double Psnr, double Flicker, double Residual, double Sharpness)
    {
        public static Measures Of(JsonElement json) => new(
            json.GetProperty("psnr").GetDouble(), json.GetProperty("flicker").GetDouble(), json.GetProperty("residual").GetDouble(),
            json.GetProperty("sharpness").GetDouble());
    }
}
