namespace EvsNative.Kernels.Definitions;

/// <summary>Resizing, noise and bytes in double.</summary>
internal static class Pixels
{
    public static double[] Resize(Values x, int height, int width, Interpolation interpolation)
    {
        var y = new Shape(x.Shape.N, height, width, x.Shape.C);
        double[] values = new double[y.Count];
        int at = 0;
        for (int n = 0; n < y.N; n++)
        {
            for (int i = 0; i < height; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    for (int c = 0; c < y.C; c++, at++)
                    {
                        double sum = 0, total = 0;
                        for (int u = 0; u < x.Shape.H; u++)
                        {
                            for (int v = 0; v < x.Shape.W; v++)
                            {
                                double weight = Weight(i, u, x.Shape.H, height, interpolation) * Weight(j, v, x.Shape.W, width, interpolation);
                                sum += weight * x[n, u, v, c];
                                total += weight;
                            }
                        }

                        values[at] = sum / total;
                    }
                }
            }
        }

        return values;
    }

    /// <summary>Philox 4x32-10 as its paper writes it, on 64-bit products.</summary>
    public static uint[] Philox(uint[] counter, uint[] key)
    {
        ulong[] c = [.. counter.Select(word => (ulong)word)], k = [.. key.Select(word => (ulong)word)];
        for (int round = 0; round < 10; round++)
        {
            ulong left = c[0] * 0xD2511F53, right = c[2] * 0xCD9E8D57;
            c = [(right >> 32) ^ c[1] ^ k[0], right & 0xFFFFFFFF, (left >> 32) ^ c[3] ^ k[1], left & 0xFFFFFFFF];
            k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF];
        }

        return [.. c.Select(word => (uint)word)];
    }

    public static double[] Noise(Shape y, NoiseKey key)
    {
        int perImage = (int)(y.Count / y.N);
        return
        [
            .. Enumerable.Range(0, (int)y.Count).Select(at =>
            {
                int frame = key.FirstFrame + (at / perImage), index = at % perImage;
                double own = Normal(index, frame, 0, key), shared = Normal(index, 0, 1, key);
                return (Math.Sqrt(1 - key.Shared) * own) + (Math.Sqrt(key.Shared) * shared);
            }),
        ];
    }

    private static double Normal(int index, int frame, uint isShared, NoiseKey key)
    {
        uint[] words = Philox([(uint)(index / 4), (uint)frame, (uint)key.Draw, isShared], [(uint)key.Seed, (uint)(key.Seed >> 32)]);
        int pair = index % 4 / 2 * 2;
        double radius = Math.Sqrt(-2 * Math.Log((words[pair] + 0.5) / 4294967296.0)), angle = 2 * Math.PI * (words[pair + 1] >> 8) / (1 << 24);
        return radius * (index % 2 == 0 ? Math.Cos(angle) : Math.Sin(angle));
    }

    private static double Weight(int target, int source, int from, int to, Interpolation interpolation)
    {
        if (interpolation == Interpolation.Nearest) return source == (int)((long)target * from / to) ? 1 : 0;
        double d = Math.Abs(((target + 0.5) * from / to) - 0.5 - source);
        if (interpolation == Interpolation.Bilinear) return Math.Max(0, 1 - d);
        const double A = -0.5;
        return d < 1 ? ((A + 2) * d * d * d) - ((A + 3) * d * d) + 1
            : d < 2 ? (A * d * d * d) - (5 * A * d * d) + (8 * A * d) - (4 * A) : 0;
    }
}
