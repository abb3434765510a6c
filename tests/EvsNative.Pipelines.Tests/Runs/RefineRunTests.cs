using EvsNative.Layers;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>A run without a console.</summary>
public sealed class RefineRunTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    public void The_image_model_alone_takes_any_number_of_frames(int frames)
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(frames, 16, 16));
        var result = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.T2I)).Do(TestContext.Current.CancellationToken);
        Assert.Equal((frames, frames), (result.Before.Count, result.After.Count));
        Assert.Equal(frames == 1, result.Summary.After.Flicker is null);
    }

    [Fact]
    public void It_tells_where_it_stands_and_writing_is_a_stage()
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(2, 16, 16));
        var told = new Told();
        var run = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.Evs)) { Progress = told, OnDevice = told.Lines.Add };
        var result = run.Do(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("write", result.Summary.Stages.Select(stage => stage.Name));
        var written = result.Write(_folder["out"]);

        Assert.Equal(
            [RunPart.Load, RunPart.Refine, RunPart.Measure, RunPart.Write], told.Statuses.Select(status => status.Part).Distinct());
        Assert.All(told.Statuses, status => Assert.InRange(status.Share, 0, 1));
        Assert.Equal(1, told.Statuses.Last(status => status.Part == RunPart.Refine).Share);
        Assert.Single(told.Lines);
        var stages = written.Summary.Stages;
        Assert.Equal(
            ["read and plan", "load", "encode", "read the prompt", "image 1..1", "video 1..1", "image 1..1", "decode", "measure", "write"],
            stages.Select(stage => stage.Name));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 0, 0, 0], stages.Select(stage => stage.Steps));
        Assert.Equal([_folder["out"]], written.Summary.Written);
        Assert.Equal(_folder["out"], written.Summary.Output.Path);
        Assert.Equal(result.After.Pixels, FrameFiles.Read(_folder["out"]).Pixels);
    }

    [Fact]
    public void What_the_clip_lost_and_what_became_of_an_odd_size_is_told_and_kept()
    {
        Ffmpeg.Need();
        Directory.CreateDirectory(_folder["in"]);
        for (int i = 0; i < 2; i++)
        {
            byte[] frame = TestPng.Random(new PngHeader(15, 17, 16, PngColor.RgbAlpha, false), i);
            File.WriteAllBytes(Path.Combine(_folder["in"], $"{i}.png"), frame);
        }

        List<Notice> told = [];
        var run = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.T2I)) { OnWarning = told.Add };
        var result = run.Do(TestContext.Current.CancellationToken);
        Assert.Equal([NoticeCode.Changed, NoticeCode.Dropped], told.Select(notice => notice.Code));
        result = result.Write(_folder["out.mp4"]);
        Assert.Equal(told, result.Summary.Warnings.SkipLast(1));
        Assert.Contains("15x17 is written as 16x18", result.Summary.Warnings[^1].Message, StringComparison.Ordinal);
        Assert.Equal((16, 18), (result.Summary.Output.Width, result.Summary.Output.Height));
        var read = FrameFiles.Read(_folder["out.mp4"]);
        Assert.Equal((16, 18), (read.Width, read.Height));
    }

    [Theory]
    [InlineData(20, 8000, InputCode.TooLarge, "2 GB")]
    public void A_folder_that_is_too_much_is_refused_before_a_frame_is_decoded(int frames, int width, InputCode code, string words)
    {
        Directory.CreateDirectory(_folder["in"]);
        // Headers, and behind them as many bytes as their pixels could be packed into: whoever decodes one finds it broken.
        var header = new PngHeader(width, width, 8, PngColor.Grey, false);
        byte[] hollow = TestPng.File(header, [], ("tEXt", new byte[header.LeastBytes]));
        for (int i = 0; i < frames; i++) File.WriteAllBytes(Path.Combine(_folder["in"], $"{i:00}.png"), hollow);
        var run = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.Evs));
        InputErrors.Expect(() => run.Do(TestContext.Current.CancellationToken), code, words);
    }

    private sealed class Told : IProgress<RunStatus>
    {
        public List<RunStatus> Statuses { get; } = [];

        public List<string> Lines { get; } = [];

        public void Report(RunStatus value) => Statuses.Add(value);
    }
}
