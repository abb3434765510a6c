using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Pointwise;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class NoiseTests(Agreement devices) : IClassFixture<Agreement>
{
    /// <summary>The known answers of Random123's own test, kat_vectors.</summary>
    [Theory]
    [InlineData(0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    public void Philox_gives_the_known_answers(uint word, uint w0, uint w1, uint w2, uint w3)
    {
        Assert.Equal((w0, w1, w2, w3), Philox.Words(word, word, word, word, word, word));
        Assert.Equal([w0, w1, w2, w3], Pixels.Philox([word, word, word, word], [word, word]));
    }

    /// <summary>Whatever system runs this test: one whose bits differ fails.</summary>
    [Theory]
    [InlineData(0, 0, 0, 0f, "4320d3c128ab0f70")]
    [InlineData(7, 3, 5, 0f, "b748c1197d20d93d")]
    [InlineData(ulong.MaxValue, int.MaxValue, 1000, 0.4f, "9c83a1670275c863")]
    [InlineData(0x0123456789abcdef, 65537, 31, 1f, "65d9abaac33b7ccd")]
    [InlineData(42, -1, -2, 1e-9f, "41abee6bbbeecc8d")]
    public void The_bits_of_noise_are_the_same_on_every_system_and_device(ulong seed, int draw, int firstFrame, float shared, string hash)
    {
        var key = new NoiseKey(seed, draw, firstFrame, shared);
        var shape = new Shape(3, 7, 9, 5);
        foreach (var d in devices.All) Assert.Equal((d.Description, hash), (d.Description, Hash(d)));
        foreach (int sm in (int[])[60, 90])
        {
            using var driver = new InterpretedCudaDriver { Sm = sm, Version = 12090 };
            using var d = CudaTest.Device(driver);
            Assert.Equal((d.Description, hash), (d.Description, Hash(d)));
        }

        string Hash(Device d) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(Noise(d, shape, key))))[..16];
    }

    [Fact]
    public void Normal_numbers_are_nearly_exact_and_rounded_once_at_the_ends_of_every_range_too()
    {
        const double Error = 2e-8;
        uint[] radii = [.. Ends(0), .. Enumerable.Range(0, 20000).Select(i => 214748u * (uint)i)];
        uint[] angles = [.. Ends(8), .. Enumerable.Range(0, 7).Select(i => 0x12345678u * (uint)i)];
        double worst = 0;
        foreach (uint radius in radii)
        {
            foreach (uint angle in angles)
            {
                double length = Math.Sqrt(-2 * Math.Log((radius + 0.5) / 4294967296.0)), turn = 2 * Math.PI * (angle >> 8) / (1 << 24);
                var (cosine, sine) = Gaussian.Pair(radius, angle);
                worst = Math.Max(worst, Math.Abs((cosine / (double)(1 << 28)) - (length * Math.Cos(turn))));
                worst = Math.Max(worst, Math.Abs((sine / (double)(1 << 28)) - (length * Math.Sin(turn))));
            }
        }

        Assert.True(worst <= Error, $"{worst}");

        // Numbers around the powers of two, and around all but one of them.
        static IEnumerable<uint> Ends(int shift) => Enumerable.Range(shift, 32 - shift)
            .SelectMany(
                bit => new[] { (1u << bit) - (1u << shift), 1u << bit, (1u << bit) + (1u << shift), 0u - (1u << bit), 3u << (bit - 1) });
    }

    [Fact]
    public void A_mixture_is_rounded_to_the_nearest_number_and_to_the_even_one_of_two()
    {
        const int Most = 1815500000;
        var draw = new Draw(3);
        Assert.Equal(1L << 30, Gaussian.Weight(1));
        for (int i = 0; i < 100000; i++)
        {
            int own = draw.Whole(-Most, Most) >> draw.Whole(0, 31), shared = draw.Whole(-Most, Most) >> draw.Whole(0, 31);
            double share = draw.Of(0, 1, 0.5, 0.3, 1e-12);
            CheckRounding(Gaussian.Weight(1 - share), own, Gaussian.Weight(share), shared);
        }

        // Halfway between two numbers, and beside it.
        for (long half = 1 + (1 << 24); half < 1 << 25; half += 8190)
            for (long near = -1; near <= 1; near++) CheckRounding(1, (int)((half << 3) + near), 0, 0);
    }

    private static void CheckRounding(long ownWeight, int own, long sharedWeight, int shared)
    {
        var exact = ((Int128)ownWeight * own) + ((Int128)sharedWeight * shared);
        uint bits = Gaussian.Mix(ownWeight, own, sharedWeight, shared);
        float got = BitConverter.UInt32BitsToSingle(bits);
        var away = Distance(got);
        foreach (float other in (float[])[MathF.BitIncrement(got), MathF.BitDecrement(got)])
            Assert.True(away < Distance(other) || (away == Distance(other) && (bits & 1) == 0) || away == 0,
                $"{ownWeight} {own} {sharedWeight} {shared}: {got:r}");

        Int128 Distance(float value) => Int128.Abs((Int128)(value * (double)(1L << 58)) - exact);
    }

    [Fact]
    public void Noise_of_any_size_and_key_is_what_the_definition_says()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            var shape = new Shape(draw.Whole(1, 4), draw.Whole(1, 40), draw.Whole(1, 40), draw.Whole(1, 5));
            var key = new NoiseKey((ulong)draw.Whole(0, int.MaxValue) << draw.Whole(0, 33), draw.Whole(0, 50), draw.Whole(0, 30),
                draw.Of(0, 0.25f, 0.7f, 1));
            devices.Check(Pixels.Noise(shape, key), 1e-7, $"seed {seed}: {shape}, {key}", d =>
            {
                var y = Draw.Poisoned(d, shape, ElementType.Float32);
                d.Kernels.Noise(y, key);
                return y;
            });
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    [InlineData(1)]
    public void Noise_is_standard_normal_however_much_of_it_is_shared(float shared)
    {
        const int Count = 1 << 20;
        using var d = Device.Open();
        float[] x = Noise(d, new Shape(1, 512, 512, 4), new NoiseKey(11, 3, Shared: shared));
        double mean = x.Average(v => (double)v), variance = x.Average(v => (v - mean) * (v - mean));
        double kurtosis = x.Average(v => Math.Pow(v - mean, 4)) / (variance * variance), skew = x.Average(v => Math.Pow(v - mean, 3));

        // Five standard errors of each estimate.
        Assert.InRange(mean, -5 / Math.Sqrt(Count), 5 / Math.Sqrt(Count));
        Assert.InRange(variance, 1 - (5 * Math.Sqrt(2.0 / Count)), 1 + (5 * Math.Sqrt(2.0 / Count)));
        Assert.InRange(skew, -5 * Math.Sqrt(6.0 / Count), 5 * Math.Sqrt(6.0 / Count));
        Assert.InRange(kurtosis, 3 - (5 * Math.Sqrt(24.0 / Count)), 3 + (5 * Math.Sqrt(24.0 / Count)));
        double neighbours = Enumerable.Range(0, Count - 1).Average(i => (double)x[i] * x[i + 1]);
        Assert.InRange(neighbours, -5 / Math.Sqrt(Count), 5 / Math.Sqrt(Count));
    }

    [Fact]
    public void Noise_does_not_depend_on_how_frames_are_grouped()
    {
        using var d = Device.Open();
        var one = new Shape(1, 9, 13, 3);
        var key = new NoiseKey(99, 2, FirstFrame: 4, Shared: 0.3f);
        float[] together = Noise(d, one with { N = 6 }, key);
        for (int frame = 0; frame < 6; frame++)
        {
            float[] alone = Noise(d, one, key with { FirstFrame = 4 + frame });
            Assert.Equal(together[(frame * alone.Length)..((frame + 1) * alone.Length)], alone);
        }
    }

    [Fact]
    public void Different_seeds_draws_and_frames_give_independent_noise()
    {
        using var d = Device.Open();
        var shape = new Shape(1, 128, 128, 4);
        var key = new NoiseKey(5, 0);
        float[] x = Noise(d, shape, key);
        NoiseKey[] others =
        [
            key with { Seed = 6 }, key with { Seed = 5 + (1ul << 32) }, key with { Draw = 1 },
            key with { FirstFrame = 1 }, key with { Shared = 1 },
        ];
        foreach (var other in others)
            Assert.InRange(Correlation(x, Noise(d, shape, other)), -5.0 / 256, 5.0 / 256);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.36f)]
    [InlineData(1)]
    public void Frames_correlate_by_what_they_share(float shared)
    {
        using var d = Device.Open();
        var shape = new Shape(1, 128, 128, 4);
        float[] x = Noise(d, shape, new NoiseKey(5, 7, 0, shared)), y = Noise(d, shape, new NoiseKey(5, 7, 1, shared));
        Assert.InRange(Correlation(x, y), shared - (5.0 / 256), shared + (5.0 / 256));
        Assert.Equal(shared == 1, x.AsSpan().SequenceEqual(y));
    }

    private static float[] Noise(Device d, Shape shape, NoiseKey key)
    {
        using var scope = d.Enter("test");
        var y = Draw.Poisoned(d, shape, ElementType.Float32);
        d.Kernels.Noise(y, key);
        return d.Download(y);
    }

    private static double Correlation(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Average();
}
