using System.IO.Hashing;
using System.Text;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Scores;

namespace EvsNative.Pipelines.Tests.Scores;

/// <summary>
/// The clip of metrics_scores.clip_by_formula, in integers only: a texture that drifts, a disc that drifts over it the other way, and a
/// little noise that differs in every frame.
/// </summary>
internal static class FormulaClip
{
    private const string Name = "input.clip";

    /// <summary>A clip of a size.</summary>
    public static VideoFrames Of(int frames, int height, int width)
    {
        byte[] pixels = new byte[frames * height * width * VideoFormat.Channels];
        uint start = Crc32.HashToUInt32(Encoding.UTF8.GetBytes(Name));
        Parallel.For(0, frames, f =>
        {
            int j = f * height * width * VideoFormat.Channels;
            int cx = width / 3 + 4 * f, cy = height / 2 - 2 * f, r = Math.Min(height, width) / 4;
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    bool isDisc = (x - cx) * (x - cx) + (y - cy) * (y - cy) < r * r;
                    for (int c = 0; c < VideoFormat.Channels; c++, j++)
                    {
                        int value = isDisc
                            ? 60 + Wave(9 * (x - cx) + 5 * (y - cy) + 90 * c) * 3 / 5
                            : Wave(3 * (x + 2 * f) + 7 * c) * Wave(2 * (y - f) + 31 * c + 40) / 255;
                        pixels[j] = (byte)Math.Clamp(value + Noise(start, j), 0, 255);
                    }
                }
            }
        });
        return TestVideos.Of(pixels, frames, height, width, FrameFiles.DefaultRate, "a clip by formula");
    }

    /// <summary>Such a clip as scores see it.</summary>
    public static ScoredClip Scored(int frames, int height, int width) => Scored(Of(frames, height, width));

    /// <summary>Any frames as scores see them.</summary>
    public static ScoredClip Scored(VideoFrames video) =>
        new(ClipSource.Of(video), video.Source, TestContext.Current.CancellationToken);

    /// <summary>0 at 0, 255 at 255, 0 at 510, and so on.</summary>
    private static int Wave(int n) => Math.Abs((((n + 255) % 510) + 510) % 510 - 255);

    /// <summary>-6 to 5.</summary>
    private static int Noise(uint start, int j)
    {
        uint h = start + ((uint)j * 0x9E3779B1);
        h ^= h >> 16;
        h *= 0x85EBCA6B;
        h ^= h >> 13;
        h *= 0xC2B2AE35;
        h ^= h >> 16;
        return (int)((6ul * h) >> 31) - 6;
    }
}
