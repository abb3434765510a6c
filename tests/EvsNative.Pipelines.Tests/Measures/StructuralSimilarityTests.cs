using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Tests.Measures;

/// <summary>SSIM against its definition, window by window in float64, and what must hold of it.</summary>
public sealed class StructuralSimilarityTests
{
    [Theory]
    [InlineData(11, 11)]
    [InlineData(12, 29)]
    [InlineData(40, 37)]
    public void It_is_what_the_definition_says(int height, int width)
    {
        VideoFrames smooth = TestVideos.Smooth(1, height, width), noise = TestVideos.Noise(1, height, width, 6);
        byte[] mixed = [.. smooth.Pixels.Zip(noise.Pixels, (a, b) => (byte)((3 * a + b) / 4))];
        var other = smooth.With(mixed, height, width);
        double expected = Definition(Luma(smooth.Frame(0)), Luma(mixed), height, width);
        Assert.InRange(expected, 0.05, 0.95);
        Assert.Equal(expected, Of(smooth, other), 1e-5);
        Assert.Equal(Of(smooth, other), Of(other, smooth), 1e-6);
    }

    [Fact]
    public void Equal_frames_have_1_and_an_inverted_one_less_than_nothing()
    {
        var clip = TestVideos.Noise(1, 32, 24, 1);
        Assert.Equal(1, Of(clip, clip), 1e-6);
        Assert.InRange(Of(clip, clip.With([.. clip.Pixels.Select(level => (byte)(255 - level))], 32, 24)), -1, -0.5);
    }

    [Fact]
    public void More_noise_has_less()
    {
        VideoFrames clean = TestVideos.Smooth(1, 48, 48), noise = TestVideos.Noise(1, 48, 48, 3);
        double[] falling = [.. new[] { 32, 8, 2 }.Select(part => Of(clean, clean.With(
            [.. clean.Pixels.Zip(noise.Pixels, (a, b) => (byte)Math.Clamp(a + (b - 128) / part, 0, 255))], 48, 48)))];
        Assert.True(falling[0] > falling[1] && falling[1] > falling[2], string.Join(' ', falling));
    }

    [Theory]
    [InlineData(11, 11, true)]
    [InlineData(10, 64, false)]
    [InlineData(64, 10, false)]
    public void A_frame_must_hold_a_window(int height, int width, bool fits) =>
        Assert.Equal(fits, StructuralSimilarity.Fits(new VideoFormat(width, height, FrameFiles.DefaultRate)));

    private static double Of(VideoFrames a, VideoFrames b)
    {
        using Luma first = new(a.Format), second = new(b.Format);
        first.Read(a.Frame(0));
        second.Read(b.Frame(0));
        return StructuralSimilarity.Of(first, second);
    }

    private static double[] Luma(ReadOnlySpan<byte> rgb)
    {
        double[] luma = new double[rgb.Length / 3];
        for (int i = 0; i < luma.Length; i++) luma[i] = 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2];
        return luma;
    }

    /// <summary>Windows one by one, variances from differences to the mean.</summary>
    private static double Definition(double[] a, double[] b, int height, int width)
    {
        const int Side = 11;
        double[] bell = [.. Enumerable.Range(0, Side).Select(i => Math.Exp(-(i - 5) * (i - 5) / 4.5))];
        var sums = new List<double>();
        for (int top = 0; top + Side <= height; top++)
        {
            for (int left = 0; left + Side <= width; left++)
            {
                var window = from v in Enumerable.Range(0, Side)
                             from u in Enumerable.Range(0, Side)
                             let at = (top + v) * width + left + u
                             select (Weight: bell[v] * bell[u] / (bell.Sum() * bell.Sum()), A: a[at], B: b[at]);
                var places = window.ToArray();
                double meanA = places.Sum(p => p.Weight * p.A), meanB = places.Sum(p => p.Weight * p.B);
                double varianceA = places.Sum(p => p.Weight * (p.A - meanA) * (p.A - meanA));
                double varianceB = places.Sum(p => p.Weight * (p.B - meanB) * (p.B - meanB));
                double covariance = places.Sum(p => p.Weight * (p.A - meanA) * (p.B - meanB));
                const double First = 6.5025, Second = 58.5225;
                sums.Add((2 * meanA * meanB + First) * (2 * covariance + Second)
                    / ((meanA * meanA + meanB * meanB + First) * (varianceA + varianceB + Second)));
            }
        }

        return sums.Average();
    }
}
