using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Tests.Runs;

/// <summary>Frames by their numbers, whatever the order in which they are asked for.</summary>
public sealed class ClipFramesTests
{
    private static readonly VideoFrames Clip = TestVideos.Noise(6, 8, 12, 1);

    private readonly List<FramesReader> _opened = [];

    [Fact]
    public void Frames_are_given_in_any_order_and_the_clip_is_opened_anew_for_earlier_ones()
    {
        using (var frames = Of(Clip, 12, 8))
        {
            byte[] rgb = new byte[Clip.Format.FrameBytes];
            foreach (var (frame, opened) in new[] { (0, 1), (1, 1), (4, 1), (5, 1), (2, 2), (2, 3), (5, 3) })
            {
                frames.Read(frame, rgb);
                Assert.Equal(Clip.Frame(frame).ToArray(), rgb);
                Assert.Equal(opened, _opened.Count);
            }
        }

        Assert.All(_opened, reader => Assert.True(reader.IsClosed));
    }

    [Fact]
    public void Frames_and_their_opacity_come_in_the_size_that_is_wanted()
    {
        byte[][] alpha = [.. Enumerable.Range(0, 6).Select(i => Grey(Clip, i))];
        using var frames = Of(Clip, 30, 20, alpha);
        byte[] rgb = new byte[30 * 20 * 3], opacity = new byte[frames.AlphaBytes];
        var large = PixelResize.Bicubic(Clip, 30, 20);
        for (int i = 0; i < 6; i++)
        {
            frames.Read(i, rgb, opacity);
            Assert.Equal(large.Frame(i).ToArray(), rgb);
            // A plane is scaled as a colour is.
            byte[] grey = [.. alpha[i].SelectMany(value => new[] { value, value, value })];
            var expected = PixelResize.Bicubic(TestVideos.Of(grey, 1, 8, 12, Clip.Rate, "grey"), 30, 20);
            for (int p = 0; p < opacity.Length; p++) Assert.Equal(expected.Frame(0)[3 * p], opacity[p]);
        }
    }

    [Fact]
    public void A_clip_that_is_not_what_it_was_is_told()
    {
        byte[] rgb = new byte[Clip.Format.FrameBytes];
        using var shorter = new ClipFrames(() => new FramesReader(Clip, end: 3), Survey(Clip), 12, 8);
        shorter.Read(2, rgb);
        InputErrors.Expect(() => shorter.Read(3, rgb), InputCode.Damaged, "noise has changed since the run began");
        using var other = new ClipFrames(() => new FramesReader(TestVideos.Noise(6, 8, 13, 1)), Survey(Clip), 12, 8);
        InputErrors.Expect(() => other.Read(0, rgb), InputCode.Damaged, "its size is another");
    }

    /// <summary>What a run knows of a clip that it looked through.</summary>
    internal static KnownClip Survey(VideoFrames clip, byte[][]? alpha = null)
    {
        using var reader = new FramesReader(clip, alpha);
        return KnownClip.Of(reader, int.MaxValue - 1, _ => { });
    }

    private static byte[] Grey(VideoFrames clip, int frame)
    {
        byte[] plane = new byte[clip.Width * clip.Height];
        for (int i = 0; i < plane.Length; i++) plane[i] = clip.Frame(frame)[3 * i];
        return plane;
    }

    private ClipFrames Of(VideoFrames clip, int width, int height, byte[][]? alpha = null) => new(
        () =>
        {
            _opened.Add(new FramesReader(clip, alpha));
            return _opened[^1];
        },
        Survey(clip, alpha), width, height);
}
