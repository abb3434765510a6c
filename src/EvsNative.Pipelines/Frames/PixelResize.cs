namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Bicubic scaling of 8-bit pictures, bit for bit as Pillow's Image.resize(BICUBIC): Keys' kernel with a = -1/2, widened when shrinking, first
/// along the rows and then along the columns, each pass in 22-bit fixed point and rounded to 8 bits.
/// </summary>
public static class PixelResize
{
    private const int PrecisionBits = 32 - 8 - 2;
    private const double Reach = 2;

    /// <summary>[F,h,w,3] to [F,height,width,3]; the clip itself when the size is already right.</summary>
    public static Clip Bicubic(Clip clip, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (width == clip.Width && height == clip.Height) return clip;
        byte[] pixels = new byte[checked((int)((long)clip.Frames * width * height * Clip.Channels))];
        Taps? across = width == clip.Width ? null : new Taps(clip.Width, width), down = height == clip.Height ? null : new Taps(clip.Height, height);
        Parallel.For(0, clip.Frames, frame =>
        {
            var target = pixels.AsSpan(frame * width * height * Clip.Channels, width * height * Clip.Channels);
            ReadOnlySpan<byte> source = clip.Frame(frame);
            if (down is null) Across(source, clip.Width, target, width, clip.Height, across!);
            else if (across is null) Down(source, target, width, height, down);
            else
            {
                byte[] between = new byte[width * clip.Height * Clip.Channels];
                Across(source, clip.Width, between, width, clip.Height, across);
                Down(between, target, width, height, down);
            }
        });
        return clip.With(pixels, height, width);
    }

    private static void Across(ReadOnlySpan<byte> source, int sourceWidth, Span<byte> target, int width, int rows, Taps taps)
    {
        for (int row = 0; row < rows; row++)
        {
            var from = source.Slice(row * sourceWidth * Clip.Channels, sourceWidth * Clip.Channels);
            var to = target.Slice(row * width * Clip.Channels, width * Clip.Channels);
            for (int x = 0; x < width; x++)
            {
                int r = 1 << (PrecisionBits - 1), g = r, b = r, at = taps.First[x] * Clip.Channels;
                foreach (int weight in taps.Weights(x))
                {
                    r += from[at] * weight;
                    g += from[at + 1] * weight;
                    b += from[at + 2] * weight;
                    at += Clip.Channels;
                }

                to[x * Clip.Channels] = Round(r);
                to[x * Clip.Channels + 1] = Round(g);
                to[x * Clip.Channels + 2] = Round(b);
            }
        }
    }

    private static void Down(ReadOnlySpan<byte> source, Span<byte> target, int width, int height, Taps taps)
    {
        int stride = width * Clip.Channels;
        Span<int> sums = new int[stride];
        for (int y = 0; y < height; y++)
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
