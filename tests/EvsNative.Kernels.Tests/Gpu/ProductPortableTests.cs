using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.OpenCL;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>What the property tests, which are in float32, do not ask of the portable products.</summary>
public sealed class ProductPortableTests
{
    // binary16 keeps 11 bits.
    private const double HalfTolerance = 2e-3;

    [Theory]
    [InlineData(ElementType.Float32, ElementType.Float16, WeightStorage.Float32)]
    [InlineData(ElementType.Float16, ElementType.Float32, WeightStorage.Float16)]
    [InlineData(ElementType.Float16, ElementType.Float16, WeightStorage.BFloat16)]
    public void Inputs_results_and_weights_may_be_stored_differently(ElementType input, ElementType output, WeightStorage storage)
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(1);
        foreach (int channels in (int[])[40, 21])
        {
            Values x = Some(draw, new Shape(2, 7, 9, channels), input), x2 = Some(draw, x.Shape with { C = 12 }, input);
            var filter = new FilterShape(channels, channels + 12, 3);
            float[] weights = Weights(draw, filter, storage);
            var y = Convolutions.Result(x.Shape, filter, new ConvGeometry(1));
            var bias = Values.Normal(draw, Shape.Vector(y.C));
            var residual = Some(draw, y, output);
            var got = d.Rent(y, output);
            var epilogue = new Epilogue(bias.On(d), Residual: On(d, residual, output));
            d.Kernels.Conv2d(got, On(d, x, input), On(d, x2, input), d.Pack(filter, weights, storage), new ConvGeometry(1), epilogue);
            Close(Convolutions.Conv2d(x, x2, filter, weights, new ConvGeometry(1), new EpilogueValues(bias, Residual: residual)), d, got);

            var linear = new FilterShape(channels, channels);
            weights = Weights(draw, linear, storage);
            d.Kernels.Linear(got, On(d, x, input), d.Pack(linear, weights, storage), epilogue);
            Close(Products.Linear(x, linear, weights, y, new EpilogueValues(bias, Residual: residual)), d, got);
        }
    }

    [Fact]
    public void Sections_and_gates_may_be_stored_in_16_bits()
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(2);
        var x = Some(draw, new Shape(1, 1, 70, 24), ElementType.Float16);
        foreach (int width in (int[])[20, 9])
        {
            var split = new FilterShape(3 * width, 24, Sections: 3);
            float[] weights = Weights(draw, split, WeightStorage.Float16);
            Tensor[] ys = [.. Enumerable.Range(0, 3).Select(_ => d.Rent(x.Shape with { C = width }, ElementType.Float16))];
            d.Kernels.LinearSplit(ys, On(d, x, ElementType.Float16), d.Pack(split, weights, WeightStorage.Float16), null);
            double[] product = Products.Product(x, split, weights);
            for (int section = 0; section < 3; section++) Close(Products.Section(product, split, section), d, ys[section]);

            var gated = new FilterShape(2 * width, 24, IsGated: true);
            weights = Weights(draw, gated, WeightStorage.BFloat16);
            d.Kernels.LinearGeglu(ys[0], On(d, x, ElementType.Float16), d.Pack(gated, weights, WeightStorage.BFloat16), null);
            Close(Products.Gated(Products.Product(x, gated, weights), gated), d, ys[0]);
        }
    }

    [Theory]
    [InlineData(WeightStorage.Float16)]
    [InlineData(WeightStorage.BFloat16)]
    public void Weights_of_16_bits_give_the_bits_that_the_same_weights_of_32_give(WeightStorage storage)
    {
        using var d = OpenCLDevice.Open();
        using var scope = d.Enter("test");
        var draw = new Draw(3);
        var filter = new FilterShape(50, 37);
        float[] weights = Weights(draw, filter, storage);
        weights[5] = storage == WeightStorage.Float16 ? 3f / (1 << 24) : 1e-30f;
        var x = Values.Normal(draw, new Shape(1, 1, 90, 37)).On(d);
        Tensor wide = d.Rent(new Shape(1, 1, 90, 50)), narrow = d.Rent(wide.Shape);
        d.Kernels.Linear(wide, x, d.Pack(filter, weights), default);
        d.Kernels.Linear(narrow, x, d.Pack(filter, weights, storage), default);
        Assert.Equal(d.Download(wide), d.Download(narrow));
    }

    [Fact]
    public void Every_tile_multiplies_matrices_and_windows()
    {
        Assert.SkipWhen(OpenCLDevice.Problem is not null, $"no OpenCL here: {OpenCLDevice.Problem}");
        using var gpu = OpenCLGpu.Open(0);
        ProductTrial.RunAll(gpu);
    }

    [Fact]
    public void Products_of_the_self_test_are_within_every_device()
    {
        foreach (var caps in GpuProfiles.All)
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: caps));
            var results = SelfTest.Run(d, name => name.Split(',')[0] is "Conv2d" or "Linear" or "LinearSplit" or "LinearGeglu").ToArray();
            Assert.True(results.Length >= 20);
            Assert.All(results, result => Assert.Null(result.Problem));
        }
    }

    [Fact]
    public void A_filter_takes_the_same_memory_on_every_device_and_without_values()
    {
        FilterShape[] shapes = [new(320, 4, 3), new(3, 128, 3), new(30, 7, Sections: 3), new(18, 5, IsGated: true)];
        long wanted = 4 * ((9 * 4 * 320) + (9 * 128 * 4) + (7 * 36) + (5 * 20));
        foreach (var caps in GpuProfiles.All)
        {
            using var d = Device.Open(new DeviceOptions(Backend.Null, Profile: caps));
            foreach (var shape in shapes) d.Pack(shape, []);
            Assert.Equal(wanted, d.PersistentBytes);
        }
    }

    private static Values Some(Draw draw, Shape shape, ElementType type)
    {
        var values = Values.Normal(draw, shape);
        if (type == ElementType.Float16)
            for (int i = 0; i < values.Data.Length; i++) values.Data[i] = (float)(Half)values.Data[i];
        return values;
    }

    private static float[] Weights(Draw draw, FilterShape shape, WeightStorage storage)
    {
        float[] weights = draw.Normals(shape.Count, 0.3f);
        for (int i = 0; i < weights.Length; i++)
        {
            if (storage == WeightStorage.Float16) weights[i] = (float)(Half)weights[i];
            if (storage == WeightStorage.BFloat16)
                weights[i] = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(weights[i]) & 0xffff0000);
        }

        return weights;
    }

    private static Tensor On(Device d, Values values, ElementType type)
    {
        var tensor = d.Rent(values.Shape, type);
        d.Write(tensor, values.Data);
        return tensor;
    }

    private static void Close(double[] wanted, Device d, Tensor got)
    {
        double error = Relative.Error(d.Download(got), wanted);
        Assert.True(error <= HalfTolerance, $"{got}: error {error:e2}");
    }
}
