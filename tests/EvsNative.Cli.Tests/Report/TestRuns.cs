using EvsNative.Cli.Report;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli.Tests.Report;

/// <summary>A run that never was.</summary>
internal static class TestRuns
{
    public static RunSummary Make() => new()
    {
        Version = "1.2.3",
        Mode = "evs",
        Prompt = "a red balloon [bold]",
        Seed = 7,
        Settings = new Dictionary<string, object?> { ["guidance"] = 7.5, ["sfi"] = "deep", ["negative"] = "", ["shared-noise"] = true },
        Input = new VideoInfo("in[1].mp4", 16, 64, 48, "30000/1001"),
        Output = new VideoInfo("out.mp4", 16, 128, 96, "30000/1001"),
        Device = "a device [green]",
        Precision = "float32",
        Stages =
        [
            new StageSummary("encode", 0, 0.5), new StageSummary("image noise 20..10", 11, 120.4), new StageSummary(
                "video noise 4..3", 2, 30.06),
        ],
        Seconds = 152.3,
        PeakMemoryBytes = 3_400_000_000,
        Memory = [new MemoryShare("weights", 1_200_000_000), new MemoryShare("activations", 2_100_000_000)],
        Series = new RunSeries(
            [0.0333, 0.0667, 0.1], new ClipSeries([8.5, 7.5, 8], [4, 4.25, 3.75]), new ClipSeries([2, 1.12345, 3], [5, 5, 5])),
        Before = new VideoMeasures(8, 4, 2, 20),
        After = new VideoMeasures(2, 5, 2.5, 21.5),
        Written = ["out[1].mp4"],
    };
}
