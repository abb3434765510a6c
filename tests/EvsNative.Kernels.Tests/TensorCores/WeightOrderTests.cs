using System.Runtime.InteropServices;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>The portable products read weights in either order: the same numbers, so the same bits.</summary>
public sealed class WeightOrderTests
{
    [Fact]
    public void The_PTX_gives_the_same_bits_from_weights_in_either_order()
    {
        using var driver = new InterpretedCudaDriver { Sm = 80 };
        CudaTest.Balanced(driver, RunAll);
    }

    /// <summary>What tensor kernels will never take among them: odd channels of each input, odd columns, few rows.</summary>
    private static void RunAll(GpuRuntime gpu)
    {
        using var scratch = new Scratch(gpu.Allocate);
        foreach (var storage in (WeightStorage[])[WeightStorage.Float32, WeightStorage.Float16])
        {
            foreach (var tile in ProductPlanPortable.Tiles.Where(_ => storage == WeightStorage.Float16))
            {
                if (tile.IsGeneral) Convolve(13, 11, 21, tile.Tile);
                Convolve(12, 12, 20, tile.Tile);
            }

            Product(new FilterShape(3 * 17, 16, Sections: 3), 17, (y, x, filter) => new LinearPortable(gpu).Run(
                new LinearSplitCall([y, Rent(y.Shape), Rent(y.Shape)], x, filter, null)));
            Product(new FilterShape(2 * 9, 24, IsGated: true), 9, (y, x, filter) =>
                new LinearPortable(gpu).Run(new LinearGegluCall(y, x, filter, null)));
            Product(new FilterShape(18, 24), 18, (y, x, filter) => new LinearPortable(gpu).Run(new LinearCall(y, x, filter, default)));

            void Convolve(int channels, int channels2, int columns, Type only)
            {
                var x2 = Upload(new Shape(2, 4, 5, channels2), 2);
                Same(new FilterShape(columns, channels + channels2, 3), Upload(new Shape(2, 4, 5, channels), 1), columns, (y, x, filter) =>
                    new Conv2dPortable(gpu, only).Run(new Conv2dCall(y, x, x2, filter, new ConvGeometry(1), default)));
            }

            void Product(FilterShape shape, int columns, Action<Tensor, Tensor, Filter> run) =>
                Same(shape, Upload(new Shape(1, 1, 19, shape.In), 3), columns, run);

            void Same(FilterShape shape, Tensor x, int columns, Action<Tensor, Tensor, Filter> run)
            {
                float[] weights = new Draw(shape.Out).Normals(shape.Count);
                var portable = new FilterPackingPortable(gpu);
                var tensor = new FilterPackingTensor(gpu, portable);
                Filter[] filters = [portable.Pack(shape, weights, storage), tensor.Pack(shape, weights, storage)];
                Assert.NotEqual(filters[0].Layout, filters[1].Layout);
                var y = Rent(x.Shape with { C = columns });
                byte[][] got = [.. filters.Select(filter => Run(filter))];
                Assert.Contains(got[0], one => one != 0x5A);
                Assert.True(got[0].AsSpan().SequenceEqual(got[1]), $"{shape}, {storage}: other bits");
                foreach (var filter in filters) filter.Buffer.Dispose();

                byte[] Run(Filter filter)
                {
                    var buffer = (GpuBuffer)y.Buffer;
                    byte[] bytes = new byte[y.Bytes];
                    gpu.Fill(buffer, y.Offset * sizeof(float), y.Bytes, 0x5A);
                    run(y, x, filter);
                    gpu.Read(buffer, y.Offset * sizeof(float), bytes);
                    return bytes;
                }
            }
        }

        Tensor Rent(Shape shape) => scratch.Rent(shape, ElementType.Float32);

        Tensor Upload(Shape shape, int seed)
        {
            var tensor = Rent(shape);
            float[] values = new Draw(seed).Normals(shape.Count);
            gpu.Write((GpuBuffer)tensor.Buffer, tensor.Offset * sizeof(float), MemoryMarshal.AsBytes<float>(values));
            return tensor;
        }
    }
}
