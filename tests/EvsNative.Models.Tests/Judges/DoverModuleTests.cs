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

    [Fact]
    public void Swin_has_1e_minus_5_before_its_blocks_and_behind_them()
    {
        using var d = Device.Open();
        // Blocks add nothing, and what comes to the norms is tiny.
        string[] blocks =
        [
            .. from i in Enumerable.Range(0, 4)
               from j in Enumerable.Range(0, 2)
               from part in new[] { "attn.proj.weight", "attn.proj.bias", "mlp.fc2.weight", "mlp.fc2.bias" }
               select $"swin.layers.{i}.blocks.{j}.{part}",
        ];
        string[] tiny =
            ["swin.patch_embed.proj.weight", .. Enumerable.Range(0, 3).Select(i => $"swin.layers.{i}.downsample.reduction.weight")];
        var w = Weights(d, [.. blocks, "swin.patch_embed.proj.bias"], 0, tiny) / "swin";
        var x = new Draw(4).Normals(d, new Shape(4, 32, 64, 3));

        var y = new PatchConvolution(w / "patch_embed.proj", 3, 32, new PatchGeometry(4, 4, 4, Frames: 2), hasDepth: true).Forward(d, x);
        y = new LayerNorm(w / "patch_embed.norm", 32, 1e-5f).Forward(d, y);
        for (int i = 0; i < 3; i++) y = new PatchMerging(w / $"layers.{i}.downsample", 32 << i).Forward(d, y);
        y = new LayerNorm(w / "norm", 256, 1e-5f).Forward(d, y);
        Same(d, y, new Swin3d(w, SmallDover.Sizes.Technical).Forward(d, x));
    }

    [Fact]
    public void ConvNeXt_has_1e_minus_6_before_its_stages_and_behind_them()
    {
        using var d = Device.Open();
        var (channels, depths) = (SmallDover.Sizes.Aesthetic.Channels, SmallDover.Sizes.Aesthetic.Depths);
        // Blocks add nothing, and what comes to the norms is tiny.
        string[] nothing =
        [
            .. from i in Enumerable.Range(0, 4) from j in Enumerable.Range(0, depths[i]) select $"next.stages.{i}.{j}.gamma",
            .. Enumerable.Range(0, 4).Select(i => $"next.downsample_layers.{i}.{(i == 0 ? 0 : 1)}.bias"), "next.downsample_layers.0.1.bias",
        ];
        string[] tiny = [.. from i in Enumerable.Range(0, 4) from j in new[] { 0, 1 } select $"next.downsample_layers.{i}.{j}.weight"];
        var w = Weights(d, nothing, 0, tiny) / "next";
        var x = new Draw(5).Normals(d, new Shape(4, 32, 64, 3));

        Tensor Norm(string name, int c, Tensor y) => new LayerNorm(w / name, c, 1e-6f).Forward(d, y);
        var y = new PatchConvolution(w / "downsample_layers.0.0", 3, channels[0], new PatchGeometry(4, 4, 4, Frames: 2), hasDepth: true)
            .Forward(d, x);
        y = Norm("downsample_layers.0.1", channels[0], y);
        for (int i = 1; i < 4; i++)
        {
            y = Norm($"downsample_layers.{i}.0", channels[i - 1], y);
            y = new PatchConvolution(
                w / $"downsample_layers.{i}.1", channels[i - 1], channels[i], new PatchGeometry(2, 2, 2), hasDepth: true).Forward(d, y);
        }

        y = Norm("norm", channels[3], y);
        Same(d, y, new ConvNeXt3d(w, SmallDover.Sizes.Aesthetic).Forward(d, x));
    }

    /// <summary>Weights by formula, some of them times a factor and others tiny.</summary>
    private static WeightSource Weights(Device d, IReadOnlyCollection<string> names, float factor, params string[] tiny) =>
        new WeightStore(d, new CalmedWeights(new CalmedWeights(new FormulaWeights(), names, factor), tiny, Tiny)).Root;

    private static float[] Stored(string name, params long[] shape)
    {
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new FormulaWeights().Read(name, shape, values);
        return values;
    }

    private static void Same(Device d, Tensor wanted, Tensor got) =>
        Assert.InRange(Relative.Error(d.Download(got), d.Download(wanted)), 0, Tolerance);
}
