using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests.Modules;

/// <summary>Two linear layers in groups of tokens, against each layer on all tokens.</summary>
public sealed class MlpTests
{
    private const int Channels = 24, Inner = 80;
    private static readonly Shape Tokens = new(3, 13, 17, Channels);

    [Theory]
    [InlineData(null)]
    [InlineData("gamma")]
    public void It_is_two_layers_and_a_residual(string? scale)
    {
        using var d = Device.Open();
        var w = new WeightStore(d, new FormulaWeights()).Root / "mlp";
        var draw = new Draw(1);
        Tensor x = draw.Normals(d, Tokens), h = draw.Normals(d, Tokens);

        var hidden = new Linear(w / "fc1", Channels, Inner).Forward(d, x, activation: Activation.Gelu);
        float[] second = d.Download(new Linear(w / "fc2", Inner, Channels).Forward(d, hidden)), added = d.Download(h);
        float[] factors = scale is null ? [.. Enumerable.Repeat(1f, Channels)] : d.Download(w.Vector(scale, Channels));
        double[] wanted = [.. second.Select((v, i) => ((double)v * factors[i % Channels]) + added[i])];

        var mlp = new Mlp(w, "fc1", "fc2", Channels, Inner, Activation.Gelu, scale);
        Assert.InRange(Relative.Error(d.Download(mlp.Forward(d, x, h)), wanted), 0, 1e-6);
        Assert.InRange(Relative.Error(d.Download(mlp.Forward(d, x, h, into: h)), wanted), 0, 1e-6);
    }

    [Fact]
    public void Grouping_changes_no_bit_and_bounds_the_memory()
    {
        using var d = Device.Open();
        var w = new WeightStore(d, new FormulaWeights()).Root / "mlp";
        Tensor x = new Draw(2).Normals(d, Tokens), h = new Draw(3).Normals(d, Tokens);
        var (whole, wholeBytes) = Pass(Mlp.DefaultBudgetBytes);
        var (grouped, groupedBytes) = Pass(1);
        Assert.Equal(whole, grouped);
        long row = Inner * sizeof(float);
        Assert.InRange(wholeBytes - groupedBytes, (Tokens.Rows - 192) * row, Tokens.Rows * row);

        (float[] Y, long Bytes) Pass(long budget)
        {
            var mlp = new Mlp(w, "fc1", "fc2", Channels, Inner, Activation.Gelu, budgetBytes: budget);
            using var scope = d.Enter("pass");
            d.ResetPeak();
            long before = d.ScratchPeakBytes;
            float[] y = d.Download(mlp.Forward(d, x, h));
            return (y, d.ScratchPeakBytes - before);
        }
    }
}
