using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.Cpu;

/// <summary>Weights kept in 16 bits are the same numbers as in 32: results are equal bit by bit.</summary>
public sealed class WeightStorageTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(256)]
    [InlineData(128)]
    public void Products_and_convolutions_do_not_depend_on_the_storage(int bits)
    {
        using var d = Device.Open(new DeviceOptions(VectorBits: bits));
        foreach (var storage in (WeightStorage[])[WeightStorage.Float16, WeightStorage.BFloat16])
        {
            foreach (var (shape, filter) in ((Shape, FilterShape)[])
                [(new(2, 5, 7, 100), new(90, 100)), (new(1, 9, 10, 24), new(40, 24, 3)), (new(3, 12, 9, 64), new(96, 64, 3)),
                    (new(1, 1, 300, 70), new(66, 70))])
            {
                using var scope = d.Enter("test");
                var draw = new Draw(filter.Out);
                float[] weights = [.. draw.Normals(filter.Count, 0.05f).Select((w, i) => Cut(i % 17 == 0 ? w * 1e-4f : w, storage))];
                Tensor x = draw.Normals(d, shape), y16 = Draw.Poisoned(d, shape with { C = filter.Out }),
                    y32 = Draw.Poisoned(d, shape with { C = filter.Out });
                d.Kernels.Conv2d(y16, x, null, d.Pack(filter, weights, storage), new ConvGeometry(1), default);
                d.Kernels.Conv2d(y32, x, null, d.Pack(filter, weights), new ConvGeometry(1), default);
                Assert.Equal(d.Download(y32), d.Download(y16));
            }
        }
    }

    [Fact]
    public void A_gated_filter_and_one_in_sections_may_be_kept_in_16_bits()
    {
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(3);
        var x = Values.Normal(draw, new Shape(1, 1, 50, 64));
        var gated = new FilterShape(2 * 70, 64, IsGated: true);
        float[] weights = [.. draw.Normals(gated.Count).Select(w => Cut(w, WeightStorage.Float16))];
        var y = Draw.Poisoned(d, x.Shape with { C = 70 });
        d.Kernels.LinearGeglu(y, x.On(d), d.Pack(gated, weights, WeightStorage.Float16), null);
        Assert.InRange(Relative.Error(d.Download(y), Products.Gated(Products.Product(x, gated, weights), gated)), 0, 2e-6);

        var split = new FilterShape(3 * 48, 64, Sections: 3);
        weights = [.. draw.Normals(split.Count).Select(w => Cut(w, WeightStorage.BFloat16))];
        Tensor[] ys = [.. Enumerable.Range(0, 3).Select(_ => Draw.Poisoned(d, x.Shape with { C = 48 }))];
        d.Kernels.LinearSplit(ys, x.On(d), d.Pack(split, weights, WeightStorage.BFloat16), null);
        double[] product = Products.Product(x, split, weights);
        for (int section = 0; section < 3; section++)
            Assert.InRange(Relative.Error(d.Download(ys[section]), Products.Section(product, split, section)), 0, 2e-6);
    }

    [Fact]
    public void Sixteen_bits_take_half_the_memory()
    {
        using var d = Device.Open();
        var shape = new FilterShape(640, 320, 3);
        d.Pack(shape, new float[shape.Count]);
        long whole = d.PersistentBytes;
        d.Pack(shape, new float[shape.Count], WeightStorage.Float16);
        Assert.Equal(whole / 2, d.PersistentBytes - whole);
    }

    [Fact]
    public void Every_half_and_every_brain_is_widened_exactly()
    {
        All<Simd512, Vector512<float>>();
        All<Simd256, Vector256<float>>();
        All<Simd128, Vector128<float>>();
    }

    private static unsafe void All<TSimd, TVector>() where TSimd : ISimd<TVector> where TVector : struct
    {
        ushort* from = stackalloc ushort[16];
        float* to = stackalloc float[16];
        for (int first = 0; first <= ushort.MaxValue; first += TSimd.Count)
        {
            for (int i = 0; i < TSimd.Count; i++) from[i] = (ushort)(first + i);
            TSimd.Store(TSimd.LoadBrains(from), to);
            for (int i = 0; i < TSimd.Count; i++) Assert.Equal((uint)(first + i) << 16, BitConverter.SingleToUInt32Bits(to[i]));
            TSimd.Store(TSimd.LoadHalves(from), to);
            for (int i = 0; i < TSimd.Count; i++)
            {
                // The sign of zero too, which equality of numbers does not see; what a NaN says is nobody's business.
                float exact = (float)BitConverter.UInt16BitsToHalf((ushort)(first + i));
                if (float.IsNaN(exact)) Assert.Equal(float.NaN, to[i]);
                else Assert.Equal(BitConverter.SingleToUInt32Bits(exact), BitConverter.SingleToUInt32Bits(to[i]));
            }
        }
    }

    private static float Cut(float value, WeightStorage storage) => storage == WeightStorage.Float16
        ? (float)(Half)value
        : BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000);
}
