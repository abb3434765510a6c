using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>Wherever a float32 becomes a number of 16 bits, it is the nearest one, of two equally near the even one.</summary>
public sealed class RoundingTests
{
    /// <summary>Every half, what lies halfway to the next one, and the neighbours of both; NaN and numbers that are too large.</summary>
    private static readonly float[] Halves = [.. Around(16, bits => (float)BitConverter.UInt16BitsToHalf((ushort)bits)), .. Strange];

    private static float[] Strange =>
    [
        65504, 65519.996f, 65520, -65520, 1e30f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
        -float.NaN, OfBits(0x7F800001), OfBits(0xFF800001), OfBits(0x7FFFFFFF), OfBits(0x7F807FFF), float.Epsilon, -float.Epsilon, -0f,
    ];

    [Fact]
    public void Packed_weights_are_the_nearest_halves() => Check(Halves, Nearest, Packed(WeightStorage.Float16));

    [Fact]
    public void Packed_weights_are_the_nearest_brains() =>
        Check([.. Around(16, bits => OfBits((uint)bits << 16)), .. Strange], NearestBrain, Packed(WeightStorage.BFloat16));

    [Fact]
    public void Integer_arithmetic_gives_the_nearest_halves() =>
        Check(Halves, Nearest, values => Array.ConvertAll(values, value => Widen((ushort)HalfBits.Narrow(value))));

    [Fact]
    public void OpenCL_stores_the_nearest_halves()
    {
        using var d = OpenCLDevice.Open(ElementType.Float16);
        Check(Halves, Nearest, values => Stored(d, values));
    }

    [Fact]
    public void The_PTX_stores_the_nearest_halves()
    {
        using var driver = new InterpretedCudaDriver();
        using var d = CudaTest.Device(driver, ElementType.Float16);
        Check([.. Halves.Where((_, i) => i % 97 == 0), .. Strange], Nearest, values => Stored(d, values));
    }

    /// <summary>Cut numbers are all too small, and a network's layers add that up.</summary>
    [Theory]
    [InlineData(TestDevices.Cpu, WeightStorage.Float16, 2.2e-4)]
    [InlineData(TestDevices.Cpu, WeightStorage.BFloat16, 1.8e-3)]
    [InlineData(TestDevices.OpenCL, WeightStorage.Float16, 2.2e-4)]
    public void Packing_leaves_the_scale_of_normal_numbers(string name, WeightStorage storage, double rounding)
    {
        const int Width = 320;
        Assert.SkipWhen(TestDevices.Missing(name) is not null, $"no {name} here: {TestDevices.Missing(name)}");
        using var d = TestDevices.Open(name);
        using var scope = d.Enter("test");
        var filter = new FilterShape(Width, Width);
        float[] weights = new Draw(5).Normals(filter.Count, 0.05f), unit = new float[Width * Width];
        for (int i = 0; i < Width; i++) unit[(i * Width) + i] = 1;
        Tensor x = d.Upload(unit, new Shape(1, 1, Width, Width)), y = d.Rent(x.Shape);
        d.Kernels.Linear(y, x, d.Pack(filter, weights, storage), default);
        float[] packed = d.Download(y);
        double along = 0, size = 0, apart = 0;
        for (int o = 0; o < Width; o++)
        {
            for (int c = 0; c < Width; c++)
            {
                double wanted = weights[(o * Width) + c], got = packed[(c * Width) + o];
                (along, size, apart) = (along + (wanted * got), size + (wanted * wanted), apart + ((got - wanted) * (got - wanted)));
            }
        }

        Assert.InRange((along / size) - 1, -2e-5, 2e-5);
        Assert.InRange(Math.Sqrt(apart / size), rounding / 2, rounding);
    }

    private static void Check(float[] values, Func<float, float> nearest, Func<float[], float[]> round)
    {
        float[] got = round(values);
        for (int i = 0; i < values.Length; i++)
        {
            float wanted = nearest(values[i]);
            bool isRight = BitConverter.SingleToUInt32Bits(got[i]) == BitConverter.SingleToUInt32Bits(wanted)
                || (float.IsNaN(got[i]) && float.IsNaN(wanted));
            if (!isRight) Assert.Fail($"{values[i]:R} (0x{BitConverter.SingleToUInt32Bits(values[i]):X8}): {got[i]:R}, not {wanted:R}");
        }
    }

    private static unsafe Func<float[], float[]> Packed(WeightStorage storage) => values =>
    {
        ushort[] packed = new ushort[values.Length];
        fixed (float* from = values)
        fixed (ushort* to = packed) Narrowing.Round(from, to, values.Length, storage);
        return Array.ConvertAll(packed, bits => storage == WeightStorage.Float16 ? Widen(bits) : OfBits((uint)bits << 16));
    };

    private static float[] Stored(Device d, float[] values)
    {
        using var scope = d.Enter("test");
        Tensor x = d.Upload(values, Shape.Vector(values.Length)), y = d.Rent(x.Shape, ElementType.Float16);
        d.Kernels.Copy(y, x);
        return d.Download(y);
    }

    private static IEnumerable<float> Around(int bits, Func<int, float> value)
    {
        for (int i = 0; i < (1 << bits) - 1; i++)
        {
            float one = value(i), next = value(i + 1), middle = one + ((next - one) / 2);
            foreach (float place in (float[])[one, middle])
            {
                yield return place;
                yield return float.BitIncrement(place);
                yield return float.BitDecrement(place);
            }
        }
    }

    private static float Nearest(float value) => (float)(Half)value;

    /// <summary>By trying the two brains on either side.</summary>
    private static float NearestBrain(float value)
    {
        if (float.IsNaN(value)) return value;
        uint below = BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000, above = below + 0x10000;

        // What would follow the largest number is infinity's place.
        double from = OfBits(below), to = (above & 0x7F800000) == 0x7F800000 ? Math.CopySign(Math.ScaleB(1, 128), value) : OfBits(above);
        double down = Math.Abs(value - from), up = Math.Abs(to - value);
        return !double.IsFinite(from) || down < up || (down == up && (below & 0x10000) == 0) ? OfBits(below) : OfBits(above);
    }

    private static float Widen(ushort half) => (float)BitConverter.UInt16BitsToHalf(half);

    private static float OfBits(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
