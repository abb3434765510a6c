using CsCheck;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests.Frames;

public sealed class FramePaddingTests
{
    [Fact]
    public void Cropping_undoes_padding_and_added_pixels_repeat_the_edge() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 9]).Sample((frames, height, width, multiple) =>
        {
            var clip = TestVideos.Noise(frames, height, width, height * 31 + width);
            var padded = TestVideos.ToMultiple(clip, multiple);
            Assert.Equal(0, padded.Width % multiple);
            Assert.Equal(0, padded.Height % multiple);
            Assert.InRange(padded.Width - width, 0, multiple - 1);
            Assert.InRange(padded.Height - height, 0, multiple - 1);
            for (int t = 0; t < frames; t++)
                for (int y = 0; y < padded.Height; y++)
                    for (int x = 0; x < padded.Width; x++)
                        Assert.True(Pixel(padded, t, y, x).SequenceEqual(Pixel(clip, t, Math.Min(y, height - 1), Math.Min(x, width - 1))));
            Assert.Equal(clip.Pixels, TestVideos.Crop(padded, width, height).Pixels);
        });

    private static ReadOnlySpan<byte> Pixel(VideoFrames clip, int t, int y, int x) =>
        clip.Frame(t).Slice((y * clip.Width + x) * VideoFormat.Channels, VideoFormat.Channels);
}
