using System.Buffers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// Bilinear scaling of 8-bit pictures to floats, as torch's interpolate does it (align_corners false): pixel centres at half integers,
/// edges repeated. Where a picture shrinks neighbours are skipped, unless antialiasing is asked for.
/// </summary>
internal sealed class BilinearResize
{
    private readonly int _sourceWidth, _sourceHeight, _width, _height;
    private readonly Taps _across, _down;
    private readonly float[] _numbers = new float[256];

    /// <summary>From one size to another, in pixels.</summary>
    /// <param name="sourceWidth">w of what is scaled</param>
    /// <param name="sourceHeight">h of what is scaled</param>
    /// <param name="width">W of the result</param>
    /// <param name="height">H of the result</param>
    /// <param name="unit">the level that counts as 1</param>
    /// <param name="isAntialiased">a triangle as wide as a target's pixel, and not narrower than the source's</param>
    /// <param name="steps">source pixels for one target pixel across and down; by the sizes if absent</param>
    public BilinearResize(
        int sourceWidth, int sourceHeight, int width, int height, float unit = 1, bool isAntialiased = false,
        (double Across, double Down)? steps = null)
    {
        (_sourceWidth, _sourceHeight, _width, _height) = (sourceWidth, sourceHeight, width, height);
        var (across, down) = steps ?? ((double)sourceWidth / width, (double)sourceHeight / height);
        _across = isAntialiased ? Taps.Wide(sourceWidth, width, across) : Taps.Plain(sourceWidth, width, across);
        _down = isAntialiased ? Taps.Wide(sourceHeight, height, down) : Taps.Plain(sourceHeight, height, down);
        for (int level = 0; level < _numbers.Length; level++) _numbers[level] = level / unit;
    }

    /// <summary>[h,w,3] to [H,W,3].</summary>
    public void Apply(ReadOnlySpan<byte> source, Span<float> target)
    {
        const int Channels = VideoFormat.Channels;
        int stride = _width * Channels;
        float[] between = ArrayPool<float>.Shared.Rent(_sourceHeight * stride);
        for (int y = 0; y < _sourceHeight; y++)
            Across(source.Slice(y * _sourceWidth * Channels, _sourceWidth * Channels), between.AsSpan(y * stride, stride));
        for (int y = 0; y < _height; y++)
        {
            var to = target.Slice(y * stride, stride);
            to.Clear();
            int row = _down.First[y];
            foreach (float weight in _down.Weights[y])
            {
                var from = between.AsSpan(row++ * stride, stride);
                for (int i = 0; i < to.Length; i++) to[i] += weight * from[i];
            }
        }

        ArrayPool<float>.Shared.Return(between);
    }

    private void Across(ReadOnlySpan<byte> from, Span<float> to)
    {
        for (int x = 0, i = 0; x < _width; x++)
        {
            float r = 0, g = 0, b = 0;
            int at = _across.First[x] * VideoFormat.Channels;
            foreach (float weight in _across.Weights[x])
            {
                r += weight * _numbers[from[at++]];
                g += weight * _numbers[from[at++]];
                b += weight * _numbers[from[at++]];
            }

            (to[i++], to[i++], to[i++]) = (r, g, b);
        }
    }

    /// <summary>For every target position the first source position, and the weights from there on.</summary>
    private sealed record Taps(int[] First, float[][] Weights)
    {
        /// <summary>Two neighbours, or the edge alone.</summary>
        public static Taps Plain(int source, int target, double step) => Of(target, i =>
        {
            double at = Math.Max(0, ((i + 0.5) * step) - 0.5);
            int first = Math.Min((int)at, source - 1);
            float second = (float)(at - first);
            return (first, first == source - 1 || second == 0 ? [1f] : [1 - second, second]);
        });

        /// <summary>All source pixels under a triangle, whose sum is 1.</summary>
        public static Taps Wide(int source, int target, double step) => Of(target, i =>
        {
            double reach = Math.Max(step, 1), centre = (i + 0.5) * step;
            int first = Math.Max((int)(centre - reach + 0.5), 0), end = Math.Min((int)(centre + reach + 0.5), source);
            double[] weights = [.. Enumerable.Range(first, end - first).Select(k => Math.Max(0, 1 - (Math.Abs(k + 0.5 - centre) / reach)))];
            double sum = weights.Sum();
            return (first, [.. weights.Select(weight => (float)(weight / sum))]);
        });

        private static Taps Of(int target, Func<int, (int First, float[] Weights)> make)
        {
            var taps = Enumerable.Range(0, target).Select(make).ToArray();
            return new Taps([.. taps.Select(tap => tap.First)], [.. taps.Select(tap => tap.Weights)]);
        }
    }
}
