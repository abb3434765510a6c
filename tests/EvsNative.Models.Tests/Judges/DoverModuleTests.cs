using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Judges;

/// <summary>
/// What DOVER's branches consist of, against the same written out. A wrong epsilon hides where the variance is about one, as in the
/// goldens; here it is about epsilon itself.
/// </summary>
public sealed class DoverModuleTests
{
    private const float Tiny = 2e-3f;
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void Swin_block_has_1e_minus_5_in_both_norms(float factorOfAttention)
    {
        const int Channels = 32;
        using var d = Device.Open();
        // Without the attention's result the second norm sees the tiny numbers too.
        var w = Weights(d, ["block.attn.proj.weight", "block.attn.proj.bias"], factorOfAttention) / "block";
        Tensor h = new Draw(1).Normals(d, new Shape(3, 9, 8, Channels), Tiny), wanted = d.Rent(h.Shape);
        d.Kernels.Copy(wanted, h);

        Tensor Norm(string name) => new LayerNorm(w / name, Channels, 1e-5f).Forward(d, wanted);
        var attention = new WindowSelfAttention(w / "attn", Channels, heads: 2, isShifted: true, hasFragments: true);
        attention.Update(d, Norm("norm1"), wanted);
        var hidden = new Linear(w / "mlp.fc1", Channels, 4 * Channels).Forward(d, Norm("norm2"), activation: Activation.Gelu);
        new Linear(w / "mlp.fc2", 4 * Channels, Channels).Forward(d, hidden, residual: wanted, into: wanted);
        new SwinBlock3d(w, Channels, heads: 2, isShifted: true, hasFragments: true).Update(d, h);
        Same(d, wanted, h);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ConvNeXt_block_has_1e_minus_6(int frames)
    {
        const int Channels = 24;
        using var d = Device.Open();
        var w = Weights(d, ["block.dwconv.bias"], 0) / "block";
        Tensor h = new Draw(2).Normals(d, new Shape(4, 9, 8, Channels), Tiny), seen = d.Rent(h.Shape);

        float[] stored = new float[Channels * frames * 49];
        new FormulaWeights().Read("block.dwconv.weight", [Channels, 1, frames, 7, 7], stored);
        float[] filter = [.. Enumerable.Range(0, stored.Length).Select(i => stored[(i % Channels * frames * 49) + (i / Channels)])];
        d.Kernels.Depthwise(
            seen, h, d.Upload(filter, new Shape(frames, 7, 7, Channels)), d.Upload(new float[Channels], Shape.Vector(Channels)), frames: 4);
        var normed = new LayerNorm(w / "norm", Channels, 1e-6f).Forward(d, seen);
        var wanted = new Mlp(w, "pwconv1", "pwconv2", Channels, 4 * Channels, Activation.Gelu, "gamma").Forward(d, normed, h);
        new ConvNeXtBlock3d(w, Channels, frames, 1e-6f).Update(d, h);
        Same(d, wanted, h);
    }

    [Fact]
    public void Merged_tokens_come_column_by_column_with_zeros_behind_odd_sides()
    {
        const int Channels = 8, Height = 3, Width = 5;
        using var d = Device.Open();
        var w = Weights(d, [], 1) / "downsample";
        float[] x = new Draw(3).Normals(2L * Height * Width * Channels, Tiny);
        float[] norm = Stored("downsample.norm.weight", 4 * Channels), bias = Stored("downsample.norm.bias", 4 * Channels);
        float[] reduction = Stored("downsample.reduction.weight", 2 * Channels, 4 * Channels);

        var wanted = new List<double>();
        for (int place = 0; place < 2 * 2 * 3; place++)
        {
            var (t, i, j) = (place / 6, place / 3 % 2, place % 3);
            double Number(int row, int column, int channel) =>
                row < Height && column < Width ? x[(((((t * Height) + row) * Width) + column) * Channels) + channel] : 0;
            double[] four =
            [
                .. from across in Enumerable.Range(0, 2)
                   from down in Enumerable.Range(0, 2)
                   from channel in Enumerable.Range(0, Channels)
                   select Number((2 * i) + down, (2 * j) + across, channel),
            ];
            double mean = four.Average(), scale = 1 / Math.Sqrt(four.Average(v => (v - mean) * (v - mean)) + 1e-5);
            double[] normed = [.. four.Select((v, c) => ((v - mean) * scale * norm[c]) + bias[c])];
            for (int o = 0; o < 2 * Channels; o++) wanted.Add(normed.Select((v, c) => v * reduction[(o * 4 * Channels) + c]).Sum());
        }

        var y = new PatchMerging(w, Channels).Forward(d, d.Upload(x, new Shape(2, Height, Width, Channels)));
        Assert.Equal(new Shape(2, 2, 3, 2 * Channels), y.Shape);
        Assert.InRange(Relative.Error(d.Download(y), wanted.ToArray()), 0, Tolerance);
    }

    private static WeightSource Weights(Device d, IReadOnlyCollection<string> names, float factor) =>
        new WeightStore(d, new CalmedWeights(new FormulaWeights(), names, factor)).Root;

    private static float[] Stored(string name, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new FormulaWeights().Read(name, shape, values);
        return values;
    }

    private static void Same(Device d, Tensor wanted, Tensor got) =>
        Assert.InRange(Relative.Error(d.Download(got), d.Download(wanted)), 0, Tolerance);
}
