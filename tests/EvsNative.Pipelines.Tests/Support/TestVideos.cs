using EvsNative.Pipelines.Frames;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests;

/// <summary>Videos to test with, and where the repository keeps its own.</summary>
internal static class TestVideos
{
    /// <summary>The pictures of formula() in expected.py.</summary>
    public static VideoFrames Formula(int frames, int height, int width, Rational? rate = null) => Make(frames, height, width, rate,
        (t, y, x, c) => (t * t * 29 + x * x * 13 + y * y * 7 + x * y * (t + 3) + c * 40) % 251);

    /// <summary>Smooth colours that drift, such as a video codec likes.</summary>
    public static VideoFrames Smooth(int frames, int height, int width, Rational? rate = null) =>
        Make(frames, height, width, rate, (t, y, x, c) =>
        (int)(128 + 50 * Math.Sin((x + 2 * t) * 6.28 / width + c) + 50 * Math.Cos((y - t) * 6.28 / height + 2 * c)));

    /// <summary>Bytes without any order.</summary>
    public static VideoFrames Noise(int frames, int height, int width, int seed)
    {
        byte[] pixels = new byte[frames * height * width * VideoFormat.Channels];
        new Random(seed).NextBytes(pixels);
        return Of(pixels, frames, height, width, FrameFiles.DefaultRate, "noise");
    }

    /// <summary>A folder of weights/demo.</summary>
    public static VideoFrames Demo(string name) => FrameFiles.Read(Repository.File("weights", "demo", name));

    /// <summary>[F,H,W,3] in one array.</summary>
    public static VideoFrames Of(byte[] pixels, int frames, int height, int width, Rational rate, string source)
    {
        Assert.Equal((long)frames * height * width * VideoFormat.Channels, pixels.LongLength);
        return new VideoFrames(pixels, new VideoFormat(width, height, rate), source);
    }

    /// <summary>Every frame's upper left part.</summary>
    public static VideoFrames Crop(VideoFrames video, int width, int height) =>
        Each(video, width, height, (from, to) => FramePadding.Crop(from, video.Width, to, width, height));

    /// <summary>Every frame extended to the next multiples of a number.</summary>
    public static VideoFrames ToMultiple(VideoFrames video, int multiple)
    {
        int width = FramePadding.RoundUp(video.Width, multiple), height = FramePadding.RoundUp(video.Height, multiple);
        return Each(video, width, height, (from, to) => FramePadding.Extend(from, video.Width, video.Height, to, width, height));
    }

    private static VideoFrames Each(VideoFrames video, int width, int height, FrameChange change)
    {
        var frames = new VideoFrames(
            new byte[video.Count * width * height * VideoFormat.Channels], video.Format with { Width = width, Height = height },
            video.Source);
        for (int i = 0; i < video.Count; i++) change(video.Frame(i), frames.Frame(i));
        return frames;
    }

    private static VideoFrames Make(int frames, int height, int width, Rational? rate, Func<int, int, int, int, int> value)
    {
        byte[] pixels = new byte[frames * height * width * VideoFormat.Channels];
        int i = 0;
        for (int t = 0; t < frames; t++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    for (int c = 0; c < VideoFormat.Channels; c++) pixels[i++] = (byte)value(t, y, x, c);
        return Of(pixels, frames, height, width, rate ?? FrameFiles.DefaultRate, "made for a test");
    }

    private delegate void FrameChange(ReadOnlySpan<byte> from, Span<byte> to);

    extension(VideoFrames video)
    {
        /// <summary>[F,H,W,3], a copy.</summary>
        public byte[] Pixels => [.. Enumerable.Range(0, video.Count).SelectMany(i => video.Frame(i).ToArray())];

        /// <summary>Other pixels at this rate.</summary>
        public VideoFrames With(byte[] pixels, int height, int width) =>
            new(pixels, video.Format with { Width = width, Height = height }, video.Source);
    }
}
