namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Gives transparent pixels the colours of the opaque ones around them, so that what nobody sees becomes no picture. Pixels of at most a
/// thirty-second of opacity count as transparent. Colours are averaged down to one pixel, then holes are filled from coarse to fine
/// ("pull-push", Gortler and others, The Lumigraph, 1996). A frame without an opaque pixel becomes black.
/// </summary>
/// <param name="width">pixels</param>
/// <param name="height">pixels</param>
internal sealed class AlphaBleed(int width, int height)
{
    /// <summary>Opacity below which a colour is not looked at.</summary>
    public const byte Seen = 8;

    private const int Channels = 3, Parts = 4;

    private readonly Level[] _levels = Pyramid(width, height);

    /// <summary>Changes the colours of transparent pixels.</summary>
    /// <param name="rgb">[H,W,3]</param>
    /// <param name="alpha">[H,W]</param>
    public void Apply(Span<byte> rgb, ReadOnlySpan<byte> alpha)
    {
        if (!alpha.ContainsAnyInRange((byte)0, (byte)(Seen - 1))) return;
        var finest = _levels[0];
        for (int i = 0; i < alpha.Length; i++)
        {
            bool isSeen = alpha[i] >= Seen;
            for (int c = 0; c < Channels; c++) finest.Values[i * Parts + c] = isSeen ? rgb[i * Channels + c] : 0;
            finest.Values[i * Parts + Channels] = isSeen ? 1 : 0;
        }

        for (int i = 1; i < _levels.Length; i++) _levels[i].Pull(_levels[i - 1]);
        for (int i = _levels.Length - 2; i >= 0; i--) _levels[i].Push(_levels[i + 1]);
        for (int i = 0; i < alpha.Length; i++)
        {
            if (alpha[i] >= Seen) continue;
            for (int c = 0; c < Channels; c++) rgb[i * Channels + c] = (byte)(finest.Values[i * Parts + c] + 0.5f);
        }
    }

    private static Level[] Pyramid(int width, int height)
    {
        var levels = new List<Level> { new(width, height) };
        while (levels[^1] is { Width: > 1 } or { Height: > 1 })
            levels.Add(new Level((levels[^1].Width + 1) / 2, (levels[^1].Height + 1) / 2));
        return [.. levels];
    }

    /// <summary>A picture of the pyramid.</summary>
    private sealed class Level(int width, int height)
    {
        public int Width => width;

        public int Height => height;

        /// <summary>[H,W,4]: three colours, and 1 where they are known.</summary>
        public float[] Values { get; } = new float[checked(height * width * Parts)];

        /// <summary>Averages of up to four known pixels of the next finer picture.</summary>
        public void Pull(Level finer)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    var sum = Values.AsSpan((y * width + x) * Parts, Parts);
                    sum.Clear();
                    for (int fy = 2 * y; fy < Math.Min(2 * y + 2, finer.Height); fy++)
                    {
                        for (int fx = 2 * x; fx < Math.Min(2 * x + 2, finer.Width); fx++)
                        {
                            var one = finer.Values.AsSpan((fy * finer.Width + fx) * Parts, Parts);
                            for (int c = 0; c < Parts; c++) sum[c] += one[c] * one[Channels];
                        }
                    }

                    if (sum[Channels] <= 0) continue;
                    for (int c = 0; c < Channels; c++) sum[c] /= sum[Channels];
                    sum[Channels] = 1;
                }
            }
        }

        /// <summary>Fills what is not known from the next coarser picture, between its pixels.</summary>
        public void Push(Level coarser)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    var pixel = Values.AsSpan((y * width + x) * Parts, Parts);
                    if (pixel[Channels] > 0) continue;
                    coarser.Sample((x + 0.5f) / 2 - 0.5f, (y + 0.5f) / 2 - 0.5f, pixel);
                }
            }
        }

        private void Sample(float x, float y, Span<float> pixel)
        {
            (x, y) = (Math.Clamp(x, 0, width - 1), Math.Clamp(y, 0, height - 1));
            int left = (int)x, top = (int)y, right = Math.Min(left + 1, width - 1), bottom = Math.Min(top + 1, height - 1);
            float across = x - left, down = y - top;
            for (int c = 0; c < Channels; c++)
            {
                float above = At(left, top, c) * (1 - across) + At(right, top, c) * across;
                float below = At(left, bottom, c) * (1 - across) + At(right, bottom, c) * across;
                pixel[c] = above * (1 - down) + below * down;
            }
        }

        private float At(int x, int y, int channel) => Values[(y * width + x) * Parts + channel];
    }
}
