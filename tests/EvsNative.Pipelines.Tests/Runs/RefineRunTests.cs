using EvsNative.Kernels;
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
        Assert.Equal((frames, frames), (result.Summary.Input.Frames, result.Frames.Count));
        Assert.Equal(frames == 1, result.Summary.After.Flicker is null);
    }

    [Fact]
    public void It_tells_where_it_stands_and_writing_is_a_stage()
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(2, 16, 16));
        var told = new Told();
        var run = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.Evs)) { Progress = told, OnDevice = told.Lines.Add };
        var written = run.Write(_folder["out"], stop: TestContext.Current.CancellationToken);

        Assert.Equal([RunPart.Read, RunPart.Load, RunPart.Refine, RunPart.Write], told.Statuses.Select(status => status.Part).Distinct());
        Assert.All(told.Statuses, status => Assert.InRange(status.Share, 0, 1));
        Assert.Equal(1, told.Statuses.Last(status => status.Part == RunPart.Refine).Share);
        Assert.Equal(2, told.Lines.Count);
        Assert.Matches("[GM]B of memory needed, .* GB are free: 1 frame a pass", told.Lines[1]);
        var stages = written.Stages;
        Assert.Equal(
            ["read and plan", "load", "encode", "read the prompt", "image 1..1", "video 1..1", "image 1..1", "decode", "write"],
            stages.Select(stage => stage.Name));
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 0, 0], stages.Select(stage => stage.Steps));
        Assert.Equal([_folder["out"]], written.Written);
        Assert.Equal(_folder["out"], written.Output.Path);

        var result = run.Do(TestContext.Current.CancellationToken);
        Assert.Equal(FrameFiles.Read(_folder["out"]).Pixels, result.Frames.Pixels);
        Assert.Empty(result.Summary.Written);
        Assert.Equal((written.Before, written.After), (result.Summary.Before, result.Summary.After));
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
        var summary = run.Write(_folder["out.mp4"], stop: TestContext.Current.CancellationToken);
        // Depth and transparency of the clip before the work; then what such a file cannot hold.
        Assert.Equal([NoticeCode.Changed, NoticeCode.Changed], told.Select(notice => notice.Code));
        Assert.Equal(told, summary.Warnings.Take(told.Count));
        var late = summary.Warnings.Skip(told.Count).ToList();
        Assert.Contains(late, notice => notice.Message.Contains("15x17 is written as 16x18", StringComparison.Ordinal));
        Assert.Contains(late, notice => notice.Code == NoticeCode.Dropped);
        Assert.Equal((16, 18), (summary.Output.Width, summary.Output.Height));
        var read = FrameFiles.Read(_folder["out.mp4"]);
        Assert.Equal((16, 18), (read.Width, read.Height));
    }

    [Theory]
    [InlineData(20, 8000, InputCode.TooLarge, "one frame is more than 2 GB")]
    public void A_folder_that_is_too_much_is_refused_before_a_frame_is_decoded(int frames, int width, InputCode code, string words)
    {
        Directory.CreateDirectory(_folder["in"]);
        // Headers, and behind them as many bytes as their pixels could be packed into: whoever decodes one finds it broken.
        var header = new PngHeader(width, width, 8, PngColor.Grey, false);
        byte[] hollow = TestPng.File(header, [], ("tEXt", new byte[header.LeastBytes]));
        for (int i = 0; i < frames; i++) File.WriteAllBytes(Path.Combine(_folder["in"], $"{i:00}.png"), hollow);
        var run = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.Evs, upscale: 4));
        InputErrors.Expect(() => run.Do(TestContext.Current.CancellationToken), code, words);
    }

    [Fact]
    public void A_clip_that_is_gone_when_its_result_is_there_costs_the_comparison_and_nothing_else()
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(3, 16, 16));
        var request = TestRequests.Tiny(_folder["in"], EvsMode.T2I);
        byte[] expected = new RefineRun(request).Do(TestContext.Current.CancellationToken).Frames.Pixels;
        var told = new Told { At = ("image", () => Directory.Delete(_folder["in"], recursive: true)) };
        var summary = new RefineRun(request) { Progress = told }.Write(_folder["out"], stop: TestContext.Current.CancellationToken);
        Assert.Equal(expected, FrameFiles.Read(_folder["out"]).Pixels);
        var notice = Assert.Single(summary.Warnings);
        Assert.Equal(NoticeCode.Damaged, notice.Code);
        Assert.Contains("not compared with the clip that was given", notice.Message, StringComparison.Ordinal);
        Assert.Null(summary.Before.Flicker);
        Assert.NotNull(summary.After.Flicker);
        Assert.Equal((0, 2), (summary.Series.Before.Flicker.Count, summary.Series.After.Flicker.Count));
    }

    /// <summary>In the middle of a step: what is on the device then is half a run's.</summary>
    [Fact]
    public void After_a_run_that_failed_on_its_device_the_next_one_opens_the_model_anew()
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(3, 16, 16));
        var request = TestRequests.Tiny(_folder["in"], EvsMode.T2I);
        byte[] expected = new RefineRun(request).Do(TestContext.Current.CancellationToken).Frames.Pixels;
        using var session = new ModelSession();
        Assert.True(Loads());
        Assert.False(Loads());
        var failing = new Told { At = ("image", () => throw new DeviceException("the driver gave up")) };
        var failed = Assert.Throws<DeviceException>(() => Run(failing));
        Assert.Equal("the driver gave up", failed.Message);
        Assert.True(Loads());
        Assert.False(Loads());

        bool Loads()
        {
            var told = new Told();
            Assert.Equal(expected, Run(told));
            return told.Statuses.Any(status => status.Part == RunPart.Load);
        }

        byte[] Run(Told told) =>
            new RefineRun(request) { Session = session, Progress = told }.Do(TestContext.Current.CancellationToken).Frames.Pixels;
    }

    [Fact]
    public void A_place_that_is_taken_is_said_before_the_work()
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(2, 16, 16));
        FrameFiles.Write(_folder["out"], TestVideos.Smooth(2, 16, 16));
        var told = new Told();
        var run = new RefineRun(TestRequests.Tiny(_folder["in"], EvsMode.T2I)) { Progress = told };
        InputErrors.Expect(() => run.Write(_folder["out"]), InputCode.Exists, _folder["out"]);
        Assert.Empty(told.Statuses);
    }

    private sealed class Told : IProgress<RunStatus>
    {
        public List<RunStatus> Statuses { get; } = [];

        public List<string> Lines { get; } = [];

        /// <summary>What is to happen when the run tells of this for the first time.</summary>
        public (string What, Action Do)? At { get; set; }

        public void Report(RunStatus value)
        {
            Statuses.Add(value);
            if (At is not { } at || !value.What.StartsWith(at.What, StringComparison.Ordinal)) return;
            At = null;
            at.Do();
        }
    }
}
