using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Clips that go in and come out: frames, rate, length and size.</summary>
public sealed class RefineTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("8", 48, 32)]
    [InlineData("30000/1001", 32, 48)]
    [InlineData("25", 50, 38)]
    public void A_video_becomes_one_of_twice_its_size_with_its_frames_its_rate_and_its_length(string rate, int width, int height)
    {
        var given = FrameFiles.Read(_scene.Video("in.mp4", 5, height, width, rate));
        var json = Evs.Run(["refine", _scene["in.mp4"], "--json", .. Scene.Short]).Json();

        // Without a name the result lies beside the clip.
        var refined = FrameFiles.Read(_scene["in-evs.mp4"]);
        Assert.Equal((5, 2 * width, 2 * height), (refined.Count, refined.Width, refined.Height));
        Assert.Equal((Rational.Parse(rate), given.Seconds), (refined.Rate, refined.Seconds));
        var output = json.GetProperty("output");
        Assert.Equal(_scene["in-evs.mp4"], output.GetProperty("path").GetString());
        Assert.Equal((5, 2 * width, 2 * height),
            (output.GetProperty("frames").GetInt32(), output.GetProperty("width").GetInt32(), output.GetProperty("height").GetInt32()));
        Assert.Equal(["in-evs.mp4", "in.mp4"], Directory.GetFileSystemEntries(_scene.Path).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("2", "pixels", 50, 38, 100, 76)]
    [InlineData("1", "pixels", 33, 17, 33, 17)]
    [InlineData("1.5", "pixels", 25, 19, 38, 28)]
    [InlineData("3", "pixels", 9, 16, 27, 48)]
    [InlineData("2", "latents", 50, 38, 100, 76)]
    [InlineData("1.5", "latents", 24, 40, 36, 60)]
    [InlineData("1.1", "latents", 24, 17, 26, 19)]
    [InlineData("1", "latents", 20, 16, 20, 16)]
    public void Any_size_comes_out_as_it_was_asked_for(string upscale, string where, int width, int height, int widthAfter, int heightAfter)
    {
        string clip = _scene.Frames("in", 2, height, width);
        Evs.Run(["refine", clip, "--upscale", upscale, "--upscale-in", where, "-o", _scene["out"], .. Scene.Short]).Text();
        var refined = FrameFiles.Read(_scene["out"]);
        Assert.Equal((2, widthAfter, heightAfter), (refined.Count, refined.Width, refined.Height));
    }

    /// <summary>
    /// The embedded model hardly changes what it gets little noise on: padding, cropping and enlarging must put every pixel where it
    /// belongs.
    /// </summary>
    [Theory]
    [InlineData("2", "pixels")]
    [InlineData("1", "pixels")]
    [InlineData("2", "latents")]
    [InlineData("1.5", "latents")]
    public void The_picture_stays_in_its_place(string upscale, string where)
    {
        var demo = TestVideos.Demo("clean");
        byte[] three = demo.Pixels[..(3 * demo.Format.FrameBytes)];
        var small = PixelResize.Bicubic(TestVideos.Of(three, 3, demo.Height, demo.Width, demo.Rate, "three"), 64, 64);
        var clip = TestVideos.Crop(small, 61, 51);
        FrameFiles.Write(_scene["in"], clip);
        string[] method = ["--image-steps", "50", "--image-start", "1", "--video-steps", "8", "--video-start", "1", "--guidance", "1"];
        Evs.Run(["refine", _scene["in"], "-o", _scene["out"], "--prompt", "a red balloon", "--model",
            Repository.File("weights", "evs-tiny"), "--upscale", upscale, "--upscale-in", where, .. method]).Text();
        VideoFrames after = FrameFiles.Read(_scene["out"]), before = PixelResize.Bicubic(clip, after.Width, after.Height);
        double inPlace = VideoMeasures.PsnrOf(after, before);
        int far = after.Width / 10;
        foreach (var (x, y) in new[] { (-far, 0), (far, 0), (0, -far), (0, far) })
        {
            double aside = VideoMeasures.PsnrOf(after, Shifted(before, x, y));
            Assert.True(inPlace > 20 && inPlace > aside + 0.5, $"{inPlace:F1} dB in place, {aside:F1} dB {x}, {y} away");
        }
    }

    [Theory]
    [InlineData("12.5", 25, 2)]
    [InlineData("24000/1001", 24000, 1001)]
    [InlineData("3", 3, 1)]
    public void A_folder_has_the_rate_that_is_said(string rate, int numerator, int denominator)
    {
        Ffmpeg.Need();
        Evs.Run(["refine", _scene.Frames("in", 3), "--fps", rate, "-o", _scene["out.mp4"], .. Scene.Short]).Text();
        Assert.Equal(new Rational(numerator, denominator), FrameFiles.Read(_scene["out.mp4"]).Rate);
    }

    [Fact]
    public void A_folder_without_a_name_for_the_result_gets_a_folder_beside_it()
    {
        Evs.Run(["refine", _scene.Frames("in", 2) + Path.DirectorySeparatorChar, .. Scene.Short]).Text();
        Assert.Equal(2, FrameFiles.Read(_scene["in-evs"]).Count);
    }

    private static VideoFrames Shifted(VideoFrames clip, int right, int down)
    {
        byte[] pixels = new byte[clip.Pixels.Length];
        int i = 0;
        for (int frame = 0; frame < clip.Count; frame++)
            for (int y = 0; y < clip.Height; y++)
                for (int x = 0; x < clip.Width; x++)
                    for (int c = 0; c < VideoFormat.Channels; c++)
                        pixels[i++] = clip.Frame(frame)[(((Math.Clamp(y - down, 0, clip.Height - 1) * clip.Width)
                            + Math.Clamp(x - right, 0, clip.Width - 1)) * VideoFormat.Channels) + c];
        return clip.With(pixels, clip.Height, clip.Width);
    }
}
