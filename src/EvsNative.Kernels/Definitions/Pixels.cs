namespace EvsNative.Kernels.Definitions;

/// <summary>Resizing, noise and bytes in double.</summary>
internal static class Pixels
{
    // Below it a weight is the rounding of none, and its pixel is not part of the result, whatever it holds.
    private const double Nothing = 1e-12;

    public static IEnumerable<SelfTestRow> Rows =>
    [
        SelfTestRow.Of<ResizeCall>("nearest", (d, x, given) => TryResize(d, x, given, Interpolation.Nearest)),
        SelfTestRow.Of<ResizeCall>("bilinear", (d, x, given) => TryResize(d, x, given, Interpolation.Bilinear)),
        SelfTestRow.Of<ResizeCall>("bicubic", (d, x, given) => TryResize(d, x, given, Interpolation.Bicubic)),
        SelfTestRow.Of<NoiseCall>("", (d, x, _) => TryNoise(d, x, new NoiseKey(7, 3))),
        SelfTestRow.Of<NoiseCall>("shared in part", (d, x, _) => TryNoise(d, x, new NoiseKey(7, 3, FirstFrame: 5, Shared: 0.4f))),
        SelfTestRow.Of<FromBytesCall>("", (d, x, _) => TryFromBytes(d, x)),
        SelfTestRow.Of<ToBytesCall>("", TryToBytes, isExact: true),
    ];

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
                            double down = Weight(i, u, x.Shape.H, height, interpolation);
                            for (int v = 0; v < x.Shape.W; v++)
                            {
                                double weight = down * Weight(j, v, x.Shape.W, width, interpolation);
                                if (Math.Abs(weight) < Nothing) continue;
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
        double radius = Math.Sqrt(-2 * Math.Log((words[pair] + 0.5) / 4294967296.0));
        double angle = 2 * Math.PI * (words[pair + 1] >> 8) / (1 << 24);
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

    private static Trial TryResize(Device d, Shape shape, SelfTestInputs given, Interpolation interpolation)
    {
        var x = given.Some(shape, 1);
        int height = (2 * shape.H) - 1, width = (2 * shape.W) + 3;
        Tensor y = d.Rent(shape with { H = height, W = width }, d.Precision), input = x.On(d);
        return Trial.Into(d, y, () => d.Kernels.Resize(y, input, interpolation), () => Resize(x, height, width, interpolation));
    }

    private static Trial TryNoise(Device d, Shape shape, NoiseKey key)
    {
        var y = d.Rent(shape);
        return Trial.Into(d, y, () => d.Kernels.Noise(y, key), () => Noise(shape, key));
    }

    private static Trial TryFromBytes(Device d, Shape shape)
    {
        byte[] rgb = Bytes(ref shape);
        var y = d.Rent(shape, d.Precision);
        return Trial.Into(d, y, () => d.Kernels.FromBytes(y, rgb), () => [.. rgb.Select(Level)]);
    }

    private static Trial TryToBytes(Device d, Shape shape, SelfTestInputs given)
    {
        byte[] rgb = Bytes(ref shape), written = new byte[rgb.Length];
        var x = given.These(shape, [.. rgb.Select(b => (float)Level(b))]);
        var on = x.On(d);
        return new Trial(
            () => d.Kernels.ToBytes(written, on), () => [.. written.Select(b => (float)b)],
            () => [.. x.Data.Select(v => float.IsNaN(v) ? 0 : Math.Clamp(Math.Floor((127.5 * v) + 128), 0, 255))]);
    }

    /// <summary>Bytes of pictures of about this shape, which becomes theirs.</summary>
    private static byte[] Bytes(ref Shape shape)
    {
        shape = shape with { C = 3 };
        return [.. Enumerable.Range(0, (int)shape.Count).Select(i => (byte)(i * 11))];
    }

    private static double Level(byte b) => (b / 127.5) - 1;
}
