using System.Text.Json;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>What is shown while a run goes on, for programs and for people.</summary>
public sealed class ProgressTests : IDisposable
{
    private static readonly string[] Fields =
    [
        "version", "seconds", "part", "what", "share", "secondsLeft", "stage", "step", "firstFrame", "lastFrame", "framesPerSecond",
        "secondsPerStep", "memoryBytes", "deviceBytes",
    ];

    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Lines_for_programs_have_the_fields_of_the_page()
    {
        string clip = _scene.Frames("in", 4);
        var outcome = Evs.Run(["refine", clip, "-o", _scene["out"], .. Scene.Short, "--progress", "ndjson"]);
        outcome.Text();
        JsonElement[] lines =
        [
            .. outcome.Error.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement),
        ];
        Assert.All(lines, line => Assert.Equal(Fields, line.EnumerateObject().Select(field => field.Name)));
        Assert.All(lines, line => Assert.True(line.GetProperty("memoryBytes").GetInt64() > 10_000_000));
        Assert.All(lines, line => Assert.Equal(1, line.GetProperty("version").GetInt32()));
        Assert.Equal(["read", "load", "refine", "write"], lines.Select(line => line.GetProperty("part").GetString()).Distinct());
        var refined = lines.First(line => line.GetProperty("part").GetString() == "refine");
        Assert.Equal("encode", refined.GetProperty("stage").GetString());
        Assert.Equal((0, 3), (refined.GetProperty("firstFrame").GetInt32(), refined.GetProperty("lastFrame").GetInt32()));
        Assert.True(refined.GetProperty("framesPerSecond").GetDouble() > 0);
        string page = File.ReadAllText(Repository.File("docs", "progress.md"));
        Assert.All(Fields, field => Assert.Contains($"| `{field}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void It_moves_within_a_step_with_frames_and_rate()
    {
        string clip = _scene.Frames("in", 4);
        var told = new List<RunStatus>();
        var choices = new Choices().With(ClipSettings.Clip, clip);
        string[] words =
        [
            "fake-weights tiny", "image-steps 4", "image-start 2", "insert-at 1", "video-steps 4", "video-start 1", "guidance 2",
            "frames-per-pass 2", "window 2", "window-overlap 1",
        ];
        foreach (string[] word in words.Select(word => word.Split(' ')))
            choices = choices.With(SettingTable.Find(word[0])!, word[1]);
        new RefineRun(new RefineRequest(choices)) { Progress = new Told(told) }.Do(TestContext.Current.CancellationToken);

        // The first step of the image model: two groups of frames for two prompts, and its end.
        var step = told.Where(status => status is { Stage: "image 2..1", Step: 2 }).ToArray();
        Assert.Equal([0, 0, 2, 2], step.SkipLast(1).Select(status => status.Frames!.Value.First));
        Assert.All(step, status => Assert.Equal(4 / status.FramesPerSecond!.Value, status.SecondsPerStep!.Value, 1e-9));
        Assert.Equal(step.Length, step.Select(status => status.Share).Distinct().Count());
        Assert.Equal(step.Select(status => status.What).Distinct().Count(), step.Length);
        // The video model sees windows that overlap; a pass of one prompt only, since its guidance is its own.
        var windows = told.Where(status => status.Stage == "video 1..1" && status.Frames is not null).ToArray();
        Assert.True(windows.Length >= 3, string.Join('\n', told.Select(status => status.What)));
        Assert.Null(told.First(status => status.Part == RunPart.Load).FramesPerSecond);
    }

    [Theory]
    [InlineData(12.34, 0.5, 3_400_000_000, "12.3 s a step, 3.4 GB")]
    [InlineData(0, 24, 512_000_000, "24.0 frames a second, 512 MB")]
    [InlineData(0, 0, 512_000_000, "512 MB")]
    [InlineData(0.0345, 99, 1, "0.03 s a step, 0 MB")]
    public void Rate_and_memory_are_a_few_words(double step, double frames, long bytes, string words) =>
        Assert.Equal(words, RateColumn.Words(step, frames, bytes));

    private sealed class Told(List<RunStatus> told) : IProgress<RunStatus>
    {
        public void Report(RunStatus value) => told.Add(value);
    }
}
