using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>Single operations of the networks that judge, against the reference: windows, slopes, activations, resizing.</summary>
[Collection(nameof(OpenDevices))]
public sealed class WindowGoldenTests(OpenDevices devices)
{
    private const double Tolerance = 2e-6, OpenCLTolerance = 1e-5;

    private static readonly IReadOnlyDictionary<string, Golden> Taps = Golden.Case("operations", file: "metrics_goldens.json");

    // What the reference calls x, and its clip.
    private static readonly Shape X = new(2, 7, 9, 6), Clip = new(5, 8, 9, 6);

    /// <summary>A convolution that makes the pixels of a square as channels, which are laid out then.</summary>
    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void A_transposed_convolution_equals_the_reference(string device) =>
        Check(device, "transposed convolution 4, stride 2, pad 1", d =>
        {
            const int Out = 4, Scale = 2;
            float[] stored = FormulaWeights.Input("input.weight", X.C * Out * 16), bias = FormulaWeights.Input("input.bias", Out);
            float[] weights = new float[Scale * Scale * Out * X.C * 9];
            for (int at = 0; at < weights.Length; at++)
            {
                int v = at % 3, u = at / 3 % 3, c = at / 9 % X.C, o = at / 9 / X.C % Out, square = at / 9 / X.C / Out;
                int a = square / Scale, b = square % Scale;
                if (u - a is 0 or 1 && v - b is 0 or 1)
                    weights[at] = stored[(((((c * Out) + o) * 4) + 3 + a - (2 * u)) * 4) + 3 + b - (2 * v)];
            }

            float[] biases = [.. Enumerable.Range(0, Scale * Scale * Out).Select(channel => bias[channel % Out])];
            Tensor squares = d.Rent(X with { C = biases.Length }), y = d.Rent(new Shape(X.N, Scale * X.H, Scale * X.W, Out));
            var filter = d.Pack(new FilterShape(biases.Length, X.C, 3), weights);
            var epilogue = new Epilogue(d.Upload(biases, Shape.Vector(biases.Length)));
            d.Kernels.Conv2d(squares, Input(d, X), null, filter, new ConvGeometry(1), epilogue);
            d.Kernels.Unpatches(y, squares, Scale);
            d.Free(filter);
            return y;
        });

    [Theory]
    [InlineData(TestDevices.Cpu, 1)]
    [InlineData(TestDevices.Cpu, 3)]
    [InlineData(TestDevices.OpenCL, 1)]
    [InlineData(TestDevices.OpenCL, 3)]
    public void Depthwise_convolutions_equal_the_reference(string device, int frames)
    {
        var (d, _) = devices.Get(device);
        using var scope = d.Enter("golden");
        var kernel = new Shape(frames, 7, 7, Clip.C);
        float[] weights = Nchw.Exchange(FormulaWeights.Input("input.kernel", kernel.Count), 1, Clip.C, frames * 49);
        Tensor bias = d.Upload(FormulaWeights.Input("input.bias6", Clip.C), Shape.Vector(Clip.C)), y = d.Rent(Clip);
        d.Kernels.Depthwise(
            y, Nchw.Videos(d, "input.video", 1, Clip.N, Clip with { N = 1 }), d.Upload(weights, kernel), bias, Clip.N);
        float[] got = Nchw.Exchange(Nchw.From(d.Download(y), Clip), 1, Clip.N, Clip.C);
        Assert.InRange(Taps[$"depthwise {frames}x7x7"].Error(got), 0, Most(device));
    }

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Slopes_below_zero_equal_the_reference(string device)
    {
        float[] drawn = FormulaWeights.Input("input.slope", X.C, 0.1);
        Check(device, "prelu", d => Sloped(d, [.. drawn.Select(slope => 0.25f + slope)]));
        Check(device, "leaky relu 0.1", d => Sloped(d, [.. drawn.Select(_ => 0.1f)]));

        static Tensor Sloped(Device d, float[] slopes)
        {
            var y = Input(d, X);
            d.Kernels.Prelu(y, y, d.Upload(slopes, Shape.Vector(X.C)));
            return y;
        }
    }

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Activation_norm_and_means_equal_the_reference(string device)
    {
        Check(device, "gelu tanh", d =>
        {
            var y = Input(d, X);
            d.Kernels.Combine(y, 3, y);
            d.Kernels.Activate(y, y, Activation.GeluTanh);
            return y;
        });
        Check(device, "instance norm", d =>
        {
            Tensor y = Input(d, X), ones = d.Upload([1, 1, 1, 1, 1, 1], Shape.Vector(X.C)), zeros = d.Upload(new float[X.C], ones.Shape);
            d.Kernels.GroupNorm(y, y, null, ones, zeros, X.C, 1e-5f, Activation.None);
            return y;
        });
        Check(device, "average pool 2", d =>
        {
            var y = d.Rent(X with { H = X.H / 2, W = X.W / 2 });
            d.Kernels.AveragePool(y, Input(d, X));
            return y;
        });
    }

    [Theory]
    [InlineData(TestDevices.Cpu)]
    [InlineData(TestDevices.OpenCL)]
    public void Resizing_equals_the_reference(string device)
    {
        var small = new Shape(1, 8, 12, 3);
        Check(device, "scaled by 2", d => Resized(d, Input(d, X), 2 * X.H, 2 * X.W));
        Check(device, "scaled by 1/2", d => Resized(d, Input(d, small, "y"), 4, 6));
        Check(device, "scaled by 1/4", d => Resized(d, Input(d, small, "y"), 2, 3));
        Check(device, "resize plain 5x13", d => Resized(d, Input(d, X), 5, 13));

        static Tensor Resized(Device d, Tensor x, int height, int width)
        {
            var y = d.Rent(x.Shape with { H = height, W = width });
            d.Kernels.Resize(y, x, Interpolation.Bilinear);
            return y;
        }
    }

    private static Tensor Input(Device d, Shape shape, string name = "x") => Nchw.Input(d, $"input.{name}", shape);

    private static double Most(string device) => device == TestDevices.Cpu ? Tolerance : OpenCLTolerance;

    private void Check(string device, string tap, Func<Device, Tensor> compute)
    {
        var (d, _) = devices.Get(device);
        using var scope = d.Enter("golden");
        var y = compute(d);
        double error = Taps[tap].Error(Nchw.From(d.Download(y), y.Shape));
        Assert.True(error <= Most(device), $"{tap} on {d.Description}: error {error:e2}, at most {Most(device):e1} was expected");
    }
}
