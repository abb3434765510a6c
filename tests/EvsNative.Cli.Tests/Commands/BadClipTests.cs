using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Clips that cannot be refined: one line each, exit code 2, nothing written.</summary>
public sealed class BadClipTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_clip_that_is_not_there_is_named() => Refused(_scene["nothing.mp4"], "no file or folder", _scene["nothing.mp4"]);

    [Fact]
    public void A_missing_clip_is_reported_before_its_missing_folder() =>
        Assert.Contains("no file or folder", _scene.Refuses(_scene["no/where/nothing.mp4"], "--fake-weights", "tiny"),
            StringComparison.Ordinal);

    [Fact]
    public void Without_a_clip_the_ways_to_name_one_are_listed() =>
        Assert.Contains("--demo", _scene.Refuses("--fake-weights", "tiny"), StringComparison.Ordinal);

    [Fact]
    public void A_text_file_with_a_videos_name_is_no_video()
    {
        Ffmpeg.Need();
        Refused(_scene.Text("notes.mp4"), _scene["notes.mp4"]);
    }

    [Fact]
    public void An_empty_folder_has_no_frames()
    {
        Directory.CreateDirectory(_scene["empty"]);
        Refused(_scene["empty"], _scene["empty"], "no PNG");
    }

    [Fact]
    public void A_video_without_frames_is_refused()
    {
        Ffmpeg.Need();
        Ffmpeg.Run("-f", "lavfi", "-i", "testsrc=size=32x32:rate=8", "-frames:v", "3", "-c:v", "ffv1", _scene["some.mkv"]);
        Ffmpeg.Run("-i", _scene["some.mkv"], "-frames:v", "0", "-c", "copy", _scene["none.mkv"]);
        Refused(_scene["none.mkv"], _scene["none.mkv"]);
    }

    [Fact]
    public void One_frame_is_a_clip_and_a_line_says_that_nothing_moves()
    {
        var run = Evs.Run(["refine", _scene.Frames("one", 1), "-o", _scene["out"], .. Scene.Short]);
        run.Text();
        Assert.Contains("one frame", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, FrameFiles.Read(_scene["out"]).Count);
    }

    [Fact]
    public void The_image_model_alone_takes_one_frame_or_more_than_thirty_two()
    {
        Evs.Run(["refine", _scene.Frames("one", 1), "-o", _scene["out"], "--mode", "t2i", .. Scene.Short]).Text();
        Assert.Equal(1, FrameFiles.Read(_scene["out"]).Count);
        Evs.Run("plan", _scene.Frames("long", 40), "--fake-weights", "tiny", "--mode", "t2i").Text();
    }

    [Theory]
    [InlineData(0, "1 or more")]
    [InlineData(-3, "1 or more")]
    public void The_plan_knows_the_same_limits(int frames, string words) =>
        Assert.Contains(words, Evs.Run("plan", "--fake-weights", "tiny", "--size", "64x64", "--frames", $"{frames}").Complaint(),
            StringComparison.Ordinal);

    [Fact]
    public void Clips_of_any_length_are_planned()
    {
        Evs.Run("plan", _scene.Frames("long", 33), "--fake-weights", "tiny").Text();
        Evs.Run("plan", "--fake-weights", "tiny", "--size", "64x64", "--frames", "300").Text();
        Assert.Contains("have 32 positions", Evs.Run("plan", "--fake-weights", "tiny", "--size", "64x64", "--window", "33").Complaint(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_of_two_sizes_are_no_clip()
    {
        _scene.Frames("mixed", 2);
        File.Copy(Path.Combine(_scene.Frames("other", 2, 24, 16), "0001.png"), Path.Combine(_scene["mixed"], "0002.png"));
        Refused(_scene["mixed"], "0002.png", "16x24", "16x16");
    }

    [Fact]
    public void A_video_that_is_cut_off_is_refused_with_the_way_on()
    {
        string clip = _scene.Video("in.mp4", 12, 64, 96);
        byte[] whole = File.ReadAllBytes(clip);
        File.WriteAllBytes(clip, whole[..(whole.Length * 8 / 10)]);
        Refused(clip, "of 12 frames", "--accept-damaged");
        Evs.Run("plan", clip, "--accept-damaged", "--fake-weights", "tiny", "--mode", "t2i").Text();
    }

    [Fact]
    public void The_standard_input_needs_a_named_output() =>
        Assert.Contains("-o", _scene.Refuses("-", "--fake-weights", "tiny"), StringComparison.Ordinal);

    [Fact]
    public async Task Without_ffmpeg_a_video_cannot_be_read_and_frames_can()
    {
        string video = _scene.Text("in.mp4"), frames = _scene.Frames("in", 2);
        var refused = await Evs.RunProcess(_scene.Path, ["refine", video, "-o", "out", "--fake-weights", "tiny"], searchPath: "");
        Assert.Contains("ffmpeg is not on the search path", refused.Complaint(), StringComparison.Ordinal);
        refused = await Evs.RunProcess(_scene.Path, ["refine", frames, "-o", "out.mp4", "--fake-weights", "tiny"], searchPath: "");
        Assert.Contains("folders of PNG frames", refused.Complaint(), StringComparison.Ordinal);
        Assert.False(Path.Exists(_scene["out"]) || Path.Exists(_scene["out.mp4"]));

        (await Evs.RunProcess(_scene.Path, ["refine", frames, "-o", "out", .. Scene.Short], searchPath: "")).Text();
        Assert.Equal(2, FrameFiles.Read(_scene["out"]).Count);
    }

    private void Refused(string clip, params string[] words)
    {
        string line = _scene.Refuses(clip, "-o", _scene["out"], "--fake-weights", "tiny");
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
