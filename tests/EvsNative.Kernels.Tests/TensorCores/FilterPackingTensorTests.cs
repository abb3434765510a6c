using System.Runtime.InteropServices;
using EvsNative.Kernels.Backends;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class FilterPackingTensorTests
{
    /// <summary>One piece and several, columns that fill their sections and that do not, gates.</summary>
    private static readonly FilterShape[] Shapes =
        [new(24, 16, 3), new(17, 152, 3), new(40, 600), new(60, 24, Sections: 3), new(44, 8, IsGated: true), new(3 * 16, 8, Sections: 3)];

    [Theory]
    [InlineData(WeightStorage.Float32)]
    [InlineData(WeightStorage.Float16)]
    [InlineData(WeightStorage.BFloat16)]
    public void Every_weight_lies_in_its_column_and_missing_columns_are_zero(WeightStorage storage)
    {
        CudaTest.Balanced(new FakeCudaDriver { Sm = 80 }, gpu =>
        {
            foreach (var shape in Shapes)
            {
                float[] weights = Weights(shape, storage);
                float[] wanted = Expected(shape, weights);
                var kept = storage == WeightStorage.Float32 ? WeightStorage.Float32 : WeightStorage.Float16;
                Soil(wanted.Length * kept.Bytes());
                var filter = new FilterPackingGpu(gpu).Pack(shape, weights, storage);
                Assert.Equal((FilterLayoutTensor.Layout, kept), (filter.Layout, filter.Storage));
                Assert.Equal(wanted, Numbers(gpu, filter));
                filter.Buffer.Dispose();
            }
        });
    }

    /// <summary>By the enlarged image's own rule: which of the small image's rows each tap meets.</summary>
    [Theory]
    [InlineData(WeightStorage.Float32)]
    [InlineData(WeightStorage.Float16)]
    public void Behind_an_enlarging_filter_lie_the_sums_of_taps_that_meet_the_same_pixel(WeightStorage storage)
    {
        CudaTest.Balanced(new FakeCudaDriver { Sm = 80 }, gpu =>
        {
            var shape = new FilterShape(20, 72, 3, IsEnlarging: true);
            float[] weights = [.. new Draw(2).Normals(shape.Count, 0.1f).Select(w => MathF.Round(w * 256) / 256)];
            var filter = new FilterPackingGpu(gpu).Pack(shape, weights, storage);
            float[] got = Numbers(gpu, filter), plain = Expected(shape with { IsEnlarging = false }, weights);
            Assert.Equal(plain, got[..plain.Length]);
            Assert.Equal(plain.Length * 25 / 9, got.Length);
            float[] sums = new float[got.Length - plain.Length];
            foreach (int at in Enumerable.Range(0, weights.Length * 4))
            {
                int phase = at % 4, tap = at / 4 % 9, c = at / 36 % shape.In, o = at / 36 / shape.In;
                int taps = (2 * Tap(phase >> 1, tap / 3)) + Tap(phase & 1, tap % 3);
                sums[(((((phase * 24) + o) * 4) + taps) * shape.In) + c] += weights[(((o * shape.In) + c) * 9) + tap];
            }

            Assert.Equal(sums, got[plain.Length..]);
            filter.Buffer.Dispose();
        });

        // Row 2 i + phase of the enlarged image, for i = 5; the window of a phase begins at row i - 1 + phase of the small one.
        static int Tap(int phase, int kernelRow) => (((2 * 5) + phase + kernelRow - 1) / 2) - (5 - 1 + phase);
    }

    [Fact]
    public void Sums_that_are_no_binary16_leave_an_enlarging_filter_to_other_kernels()
    {
        CudaTest.Balanced(new FakeCudaDriver { Sm = 80 }, gpu =>
        {
            var shape = new FilterShape(16, 8, 3, IsEnlarging: true);
            float[] weights = new float[shape.Count];
            Array.Fill(weights, 20000, (5 * 72) + 9, 9);
            foreach (var storage in (WeightStorage[])[WeightStorage.Float16, WeightStorage.BFloat16])
            {
                var filter = new FilterPackingGpu(gpu).Pack(shape, weights, storage);
                Assert.Equal((FilterLayoutPortable.Layout, storage), (filter.Layout, filter.Storage));
                filter.Buffer.Dispose();
            }
        });
    }

    [Fact]
    public void Numbers_that_are_no_binary16_stay_as_the_file_has_them()
    {
        CudaTest.Balanced(new FakeCudaDriver { Sm = 80 }, gpu =>
        {
            var shape = new FilterShape(24, 16, 3);
            foreach (float large in (float[])[65536, -1e30f, float.PositiveInfinity, float.NaN])
            {
                float[] weights = Weights(shape, WeightStorage.BFloat16);
                weights[^1] = large;
                var filter = new FilterPackingGpu(gpu).Pack(shape, weights, WeightStorage.BFloat16);
                Assert.Equal((FilterLayoutPortable.Layout, WeightStorage.BFloat16), (filter.Layout, filter.Storage));
                filter.Buffer.Dispose();
                weights[^1] = MathF.CopySign(65280, large);
                filter = new FilterPackingGpu(gpu).Pack(shape, weights, WeightStorage.BFloat16);
                Assert.Equal(FilterLayoutTensor.Layout, filter.Layout);
                filter.Buffer.Dispose();
            }
        });
    }

    [Fact]
    public void Weights_without_values_take_the_memory_of_those_with_values()
    {
        using var d = CudaTest.Device(new FakeCudaDriver { Sm = 80 });
        using var dry = Device.Open(new DeviceOptions(Backend.Null, Profile: d.Caps));
        foreach (var shape in Shapes.Append(new FilterShape(24, 16, 3, IsEnlarging: true)))
        {
            foreach (var storage in Enum.GetValues<WeightStorage>())
            {
                d.Pack(shape, Weights(shape, storage), storage);
                dry.Pack(shape, [], storage);
                Assert.Equal(d.PersistentBytes, dry.PersistentBytes);
            }
        }
    }

    [Fact]
    public void A_filter_is_for_tensor_cores_where_they_can_read_it()
    {
        foreach (var caps in GpuProfiles.All)
        {
            foreach (var storage in Enum.GetValues<WeightStorage>())
            {
                bool isWanted = caps.Sm >= 80 || (caps.Sm == 75 && storage != WeightStorage.Float32);
                Assert.Equal(isWanted, IsTensor(new FilterShape(16, 8, 3), storage, caps));
                Assert.Equal(isWanted, IsTensor(new FilterShape(5120, 1280), storage, caps));
                Assert.False(IsTensor(new FilterShape(16, 12, 3), storage, caps));
                Assert.False(IsTensor(new FilterShape(4, 320, 3), storage, caps));
                Assert.False(IsTensor(new FilterShape(320, 320), storage, caps with { Kernels = KernelKinds.Portable }));
            }
        }

        static bool IsTensor(FilterShape shape, WeightStorage storage, GpuCaps caps)
        {
            using var gpu = new DryGpu(caps);
            return new FilterPackingGpu(gpu).Pack(shape, [], storage).Layout == FilterLayoutTensor.Layout;
        }
    }

    /// <summary>Column by column, as the layout's words say, by its own arithmetic.</summary>
    private static float[] Expected(FilterShape shape, float[] weights)
    {
        int width = shape.Out / shape.Sections, padded = (width + 7) / 8 * 8, taps = shape.Kernel * shape.Kernel, half = shape.Out / 2;
        float[] all = new float[padded * shape.Sections * shape.Depth];
        for (int o = 0; o < shape.Out; o++)
        {
            int column = shape.IsGated ? (2 * (o % half)) + (o / half) : (o / width * padded) + (o % width);
            for (int c = 0; c < shape.In; c++)
                for (int tap = 0; tap < taps; tap++)
                    all[(column * shape.Depth) + (tap * shape.In) + c] = weights[(((o * shape.In) + c) * taps) + tap];
        }

        return all;
    }

    /// <summary>Numbers that the storage has, the smallest binary16 among them.</summary>
    private static float[] Weights(FilterShape shape, WeightStorage storage)
    {
        float[] weights = new Draw(shape.Out).Normals(shape.Count);
        for (int i = 0; i < weights.Length; i++)
        {
            if (i % 7 == 3) weights[i] = (i % 5 - 2f) / (1 << 24);
            if (storage == WeightStorage.Float16) weights[i] = (float)(Half)weights[i];
            if (storage == WeightStorage.BFloat16)
                weights[i] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(weights[i]) & 0xffff0000);
        }

        return weights;
    }

    /// <summary>Leaves memory behind that the next one who asks for as much gets, and that is not zero.</summary>
    private static unsafe void Soil(long bytes)
    {
        using var buffer = new HostBuffer(bytes);
        new Span<byte>(buffer.Pointer, (int)bytes).Fill(0x5A);
    }

    private static float[] Numbers(GpuRuntime gpu, Filter filter)
    {
        byte[] bytes = new byte[filter.Buffer.Bytes];
        gpu.Read((GpuBuffer)filter.Buffer, 0, bytes);
        return filter.Storage == WeightStorage.Float32 ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(half => (float)half)];
    }
}
