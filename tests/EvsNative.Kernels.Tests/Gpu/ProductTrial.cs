using System.Runtime.InteropServices;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>Portable products in a given tile, whatever a plan would choose.</summary>
internal static class ProductTrial
{
    /// <summary>Every tile, with channels that can be moved four at a time and, where it takes them, with others.</summary>
    private static IEnumerable<(Type Tile, int Channels)> All =>
        ProductPlanPortable.Tiles.SelectMany(tile => ((int[])(tile.IsGeneral ? [36, 7] : [36])).Select(channels => (tile.Tile, channels)));

    /// <summary>
    /// Every tile computes what it should, and all of them the same bits: a plan may choose by the number of images, whose results must not
    /// depend on it.
    /// </summary>
    public static void RunAll(GpuRuntime gpu)
    {
        Dictionary<int, float[]> firsts = [];
        foreach (var (tile, channels) in All)
        {
            float[] got = Run(gpu, tile, channels);
            if (!firsts.TryAdd(channels, got))
                Assert.True(got.AsSpan().SequenceEqual(firsts[channels]), $"{tile.Name}, {channels} channels: other bits");
        }
    }

    /// <summary>A convolution of two inputs and a gated product in a tile, of sizes that fill none.</summary>
    /// <returns>all results</returns>
    private static float[] Run(GpuRuntime gpu, Type tile, int channels)
    {
        List<float> all = [];
        using var scratch = new Scratch(gpu.Allocate);
        var draw = new Draw(channels);
        var packing = new FilterPackingPortable(gpu);
        Values x = Values.Normal(draw, new Shape(2, 9, 11, channels)), x2 = Values.Normal(draw, x.Shape with { C = 20 });
        var y = scratch.Rent(x.Shape with { C = 140 }, ElementType.Float32);

        var filter = new FilterShape(140, channels + 20, 3);
        float[] weights = draw.Normals(filter.Count);
        var packed = packing.Pack(filter, weights, WeightStorage.Float32);
        new Conv2dPortable(gpu, tile).Run(new Conv2dCall(y, Upload(x), Upload(x2), packed, new ConvGeometry(1), default));
        Check(Convolutions.Conv2d(x, x2, filter, weights, new ConvGeometry(1), new EpilogueValues()), "convolution");
        packed.Buffer.Dispose();

        var gated = new FilterShape(280, channels, IsGated: true);
        weights = draw.Normals(gated.Count, 0.3f);
        packed = packing.Pack(gated, weights, WeightStorage.Float32);
        new LinearPortable(gpu, tile).Run(new LinearGegluCall(y, Upload(x), packed, null));
        Check(Products.Gated(Products.Product(x, gated, weights), gated), "gates");
        packed.Buffer.Dispose();
        return [.. all];

        Tensor Upload(Values values)
        {
            var tensor = scratch.Rent(values.Shape, ElementType.Float32);
            gpu.Write((GpuBuffer)tensor.Buffer, tensor.Offset * sizeof(float), MemoryMarshal.AsBytes<float>(values.Data));
            return tensor;
        }

        void Check(double[] wanted, string what)
        {
            float[] got = new float[y.Shape.Count];
            gpu.Read((GpuBuffer)y.Buffer, y.Offset * sizeof(float), MemoryMarshal.AsBytes(got.AsSpan()));
            all.AddRange(got);
            double error = Relative.Error(got, wanted);
            Assert.True(error <= OpenCLDevice.Tolerance, $"{tile.Name}, {what} of {channels} channels: error {error:e2}");
        }
    }
}
