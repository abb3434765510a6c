using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Tests.Networks;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Warp, look-up and attention in windows against the reference, and what a block of windows makes of them.</summary>
[Collection(nameof(OpenDevices))]
public sealed class MotionGoldenTests(OpenDevices devices)
{
    private const double Tolerance = 2e-6;
    private const int Channels = 16, Heads = 2;

    private static readonly FormulaWeights Weights = new();

    private static readonly IReadOnlyDictionary<string, Golden> Goldens = Golden.Case("operations", file: "metrics_goldens.json");

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Warp_equals_the_reference(string device)
    {
        var d = devices.Get(device).Device;
        using var scope = d.Enter("test");
        Tensor x = Nchw.Input(d, "input.image", new Shape(2, 9, 11, 5)), flow = Nchw.Input(d, "input.flow", new Shape(2, 9, 11, 2), 8);
        var y = Draw.Poisoned(d, x.Shape);
        d.Kernels.Warp(y, x, flow);
        Assert.InRange(Goldens["warp"].Error(Nchw.From(d.Download(y), y.Shape)), 0, Tolerance);
    }

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Lookup_equals_the_reference(string device)
    {
        var d = devices.Get(device).Device;
        using var scope = d.Enter("test");
        var shape = new Shape(1, 16, 20, 12);
        Tensor a = Nchw.Input(d, "input.a", shape), b = Nchw.Input(d, "input.b", shape);
        var flow = Nchw.Input(d, "input.place", shape with { C = 2 }, 5);
        List<Tensor> levels = [b];
        while (levels.Count < 4) levels.Add(Halved(d, levels[^1]));
        var y = Draw.Poisoned(d, shape with { C = 4 * 49 });
        d.Kernels.Lookup(y, a, levels.ToArray(), flow, 3);
        Assert.InRange(Goldens["correlation"].Error(Nchw.From(d.Download(y), y.Shape)), 0, Tolerance);
    }

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Attention_in_windows_equals_the_reference(string device)
    {
        // The reference has the tokens of eight windows of a clip of 4 x 14 x 14.
        var d = devices.Get(device).Device;
        using var scope = d.Enter("test");
        var grid = new Shape(4, 14, 14, Channels);
        float[] tokens = FormulaWeights.Input("input.tokens", grid.Count);
        var x = d.Upload(Windows(tokens, isInto: false), grid);
        float[] y = d.Download(Attention(d, x, "", grid.N, default));
        Assert.InRange(Goldens["window attention 2x7x7 with fragments"].Error(Windows(y, isInto: true)), 0, Tolerance);
    }

    [Theory]
    [InlineData(TestDevices.Cpu, "swin block 2x7x7 shifted", 4, 14, 14)]
    [InlineData(TestDevices.Cpu, "swin block 2x7x7 shifted, padded", 3, 10, 16)]
    [InlineData(TestDevices.OpenCL, "swin block 2x7x7 shifted", 4, 14, 14)]
    [InlineData(TestDevices.OpenCL, "swin block 2x7x7 shifted, padded", 3, 10, 16)]
    public void A_block_of_windows_equals_the_reference(string device, string name, int frames, int height, int width)
    {
        var d = devices.Get(device).Device;
        using var scope = d.Enter("test");
        var grid = new Shape(frames, height, width, Channels);
        var x = d.Upload(FormulaWeights.Input("input.grid", grid.Count), grid);
        Tensor attended = Attention(d, Norm(d, x, "norm1."), "attn.", frames, (1, 3, 3)), sum = d.Rent(grid), y = d.Rent(grid);
        d.Kernels.Combine(sum, 1, x, 1, attended);
        var hidden = d.Rent(grid with { C = 4 * Channels });
        Linear(d, hidden, Norm(d, sum, "norm2."), "mlp.fc1.", new Epilogue(Activation: Activation.Gelu));
        Linear(d, y, hidden, "mlp.fc2.", new Epilogue(Residual: sum));
        Assert.InRange(Goldens[name].Error(d.Download(y)), 0, Tolerance);
    }

    /// <summary>Products of q, k and v, attention in windows of 2 x 7 x 7 with fragments, and the last product.</summary>
    private static Tensor Attention(Device d, Tensor x, string path, int frames, (int D, int H, int W) shift)
    {
        const int Places = 3 * 13 * 13;
        var filter = d.Pack(new FilterShape(3 * Channels, Channels, Sections: 3), Read($"{path}qkv.weight", 3 * Channels, Channels));
        float[] bias = Read($"{path}qkv.bias", 3 * Channels);
        Tensor q = d.Rent(x.Shape), k = d.Rent(x.Shape), v = d.Rent(x.Shape), sum = Draw.Poisoned(d, x.Shape), y = d.Rent(x.Shape);
        d.Kernels.LinearSplit([q, k, v], x, filter, d.Upload(bias, Shape.Vector(3 * Channels)));
        Tensor Table(string name) => d.Upload(Read(path + name, Places, Heads), new Shape(1, 1, Places, Heads));
        Tensor Padded(int section) => d.Upload(bias.AsSpan(section * Channels, Channels), Shape.Vector(Channels));
        Tensor near = Table("relative_position_bias_table"), fragment = Table("fragment_position_bias_table");
        d.Kernels.WindowAttention(
            sum, q, k, v, new WindowAttentionOptions(Heads, frames, (2, 7, 7), shift, near, fragment, Padded(1), Padded(2)));
        Linear(d, y, sum, $"{path}proj.", default);
        d.Free(filter);
        return y;
    }

    private static Tensor Norm(Device d, Tensor x, string path)
    {
        var y = d.Rent(x.Shape);
        Tensor weight = d.Upload(Read($"{path}weight", Channels), Shape.Vector(Channels)),
            bias = d.Upload(Read($"{path}bias", Channels), Shape.Vector(Channels));
        d.Kernels.LayerNorm(y, x, weight, bias, 1e-5f, null);
        return y;
    }

    private static void Linear(Device d, Tensor y, Tensor x, string path, Epilogue epilogue)
    {
        var filter = d.Pack(new FilterShape(y.Shape.C, x.Shape.C), Read($"{path}weight", y.Shape.C, x.Shape.C));
        var bias = d.Upload(Read($"{path}bias", y.Shape.C), Shape.Vector(y.Shape.C));
        d.Kernels.Linear(y, x, filter, epilogue with { Bias = bias });
        d.Free(filter);
    }

    private static Tensor Halved(Device d, Tensor x)
    {
        var y = d.Rent(x.Shape with { H = x.Shape.H / 2, W = x.Shape.W / 2 });
        d.Kernels.AveragePool(y, x);
        return y;
    }

    /// <summary>[4,14,14] tokens in the order of windows of 2 x 7 x 7, or back.</summary>
    private static float[] Windows(float[] values, bool isInto)
    {
        float[] result = new float[values.Length];
        for (int token = 0; token < values.Length / Channels; token++)
        {
            int d = token / 196, h = token / 14 % 14, w = token % 14;
            int window = (((d / 2 * 2) + (h / 7)) * 2) + (w / 7), placed = (((((window * 2) + (d % 2)) * 7) + (h % 7)) * 7) + (w % 7);
            var (from, to) = isInto ? (token, placed) : (placed, token);
            values.AsSpan(from * Channels, Channels).CopyTo(result.AsSpan(to * Channels));
        }

        return result;
    }

    private static float[] Read(string name, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        Weights.Read(name, shape, values);
        return values;
    }
}
