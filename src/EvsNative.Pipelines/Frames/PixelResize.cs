using System.Buffers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Bicubic scaling of 8-bit pictures or planes, bit for bit as Pillow's Image.resize(BICUBIC): Keys' kernel with a = -1/2, widened when
/// shrinking, first along the rows and then along the columns, each pass in 22-bit fixed point and rounded to 8 bits.
/// </summary>
internal sealed class PixelResize
{
    private const int PrecisionBits = 32 - 8 - 2;
    private const double Reach = 2;

    private readonly int _sourceWidth, _sourceHeight, _width, _height, _channels;
    private readonly Taps? _across, _down;

    /// <summary>From one size to another, in pixels.</summary>
    public PixelResize(int sourceWidth, int sourceHeight, int width, int height, int channels = VideoFormat.Channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        (_sourceWidth, _sourceHeight, _width, _height, _channels) = (sourceWidth, sourceHeight, width, height, channels);
        _across = width == sourceWidth ? null : new Taps(sourceWidth, width);
        _down = height == sourceHeight ? null : new Taps(sourceHeight, height);
    }

    /// <summary>All frames of a video; the video itself when the size is already right.</summary>
    public static VideoFrames Bicubic(VideoFrames video, int width, int height)
    {
        if (width == video.Width && height == video.Height) return video;
        var resize = new PixelResize(video.Width, video.Height, width, height);
        var format = video.Format with { Width = width, Height = height };
        var frames = new Memory<byte>[video.Count];
        Parallel.For(0, video.Count, i =>
        {
            byte[] frame = new byte[format.FrameBytes];
            resize.Apply(video.Frame(i), frame);
            frames[i] = frame;
        });
        return new VideoFrames(frames, format, video.Source, [.. Enumerable.Range(0, video.Count).Select(video.StampOf)]);
    }

    /// <summary>[h,w,C] to [height,width,C].</summary>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (_across is null && _down is null) source.CopyTo(target);
        else if (_down is null) Across(source, target);
        else if (_across is null) Down(source, target, _down);
        else
        {
            int bytes = _width * _sourceHeight * _channels;
            byte[] between = ArrayPool<byte>.Shared.Rent(bytes);
            Across(source, between);
            Down(between.AsSpan(0, bytes), target, _down);
            ArrayPool<byte>.Shared.Return(between);
        }
    }

    /// <summary>Every row of the source to the target's width.</summary>
    private void Across(ReadOnlySpan<byte> source, Span<byte> target)
    {
        for (int row = 0; row < _sourceHeight; row++)
        {
            var from = source.Slice(row * _sourceWidth * _channels, _sourceWidth * _channels);
            var to = target.Slice(row * _width * _channels, _width * _channels);
            if (_channels == VideoFormat.Channels) AcrossRgb(from, to, _across!);
            else AcrossPlane(from, to, _across!);
        }
    }

    private static void AcrossRgb(ReadOnlySpan<byte> from, Span<byte> to, Taps taps)
    {
        const int Channels = VideoFormat.Channels;
        for (int x = 0; x < taps.First.Length; x++)
        {
            int r = 1 << (PrecisionBits - 1), g = r, b = r, at = taps.First[x] * Channels;
            foreach (int weight in taps.Weights(x))
            {
                r += from[at] * weight;
                g += from[at + 1] * weight;
                b += from[at + 2] * weight;
                at += Channels;
            }

            to[x * Channels] = Round(r);
            to[x * Channels + 1] = Round(g);
            to[x * Channels + 2] = Round(b);
        }
    }

    private static void AcrossPlane(ReadOnlySpan<byte> from, Span<byte> to, Taps taps)
    {
        for (int x = 0; x < taps.First.Length; x++)
        {
            int sum = 1 << (PrecisionBits - 1), at = taps.First[x];
            foreach (int weight in taps.Weights(x)) sum += from[at++] * weight;
            to[x] = Round(sum);
        }
    }

    private void Down(ReadOnlySpan<byte> source, Span<byte> target, Taps taps)
    {
        int stride = _width * _channels;
        Span<int> sums = new int[stride];
        for (int y = 0; y < _height; y++)
        {
            sums.Fill(1 << (PrecisionBits - 1));
            int row = taps.First[y];
            foreach (int weight in taps.Weights(y))
            {
                var from = source.Slice(row++ * stride, stride);
                for (int i = 0; i < sums.Length; i++) sums[i] += from[i] * weight;
            }

            var to = target.Slice(y * stride, stride);
            for (int i = 0; i < sums.Length; i++) to[i] = Round(sums[i]);
        }
    }

    private static byte Round(int sum) => (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);

    /// <summary>For every target position the first source position and the weights from there on, in fixed point.</summary>
    private sealed class Taps
    {
        private readonly int[][] _weights;

        public Taps(int source, int target)
        {
            First = new int[target];
            _weights = new int[target][];
            double scale = (double)source / target, stretch = Math.Max(scale, 1), support = Reach * stretch;
            for (int i = 0; i < target; i++)
            {
                double center = (i + 0.5) * scale;
                int first = Math.Max((int)(center - support + 0.5), 0), end = Math.Min((int)(center + support + 0.5), source);
                double[] exact = new double[end - first];
                double sum = 0;
                for (int k = 0; k < exact.Length; k++) sum += exact[k] = Kernel((k + first - center + 0.5) * (1 / stretch));
                First[i] = first;
                _weights[i] = Array.ConvertAll(exact, w => Fixed(sum == 0 ? w : w * (1 / sum)));
            }
        }

        public int[] First { get; }

        public ReadOnlySpan<int> Weights(int position) => _weights[position];

        private static int Fixed(double weight) => (int)(weight * (1 << PrecisionBits) + (weight < 0 ? -0.5 : 0.5));

        private static double Kernel(double x)
        {
            const double A = -0.5;
            x = Math.Abs(x);
            return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1
                : x < 2 ? (((x - 5) * x + 8) * x - 4) * A
                : 0;
        }
    }
}
