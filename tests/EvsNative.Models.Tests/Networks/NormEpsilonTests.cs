using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// A wrong epsilon hides where the variance is about one, as in the goldens. Here it is about epsilon itself, and each module is compared
/// with its parts written out with the epsilon that diffusers has there.
/// </summary>
public sealed class NormEpsilonTests
{
    private const float Tiny = 2e-3f;
    private const double Tolerance = 2e-5;
    private static readonly Shape Picture = new(2, 5, 4, 64);

    [Fact]
    public void Spatial_transformer_has_1e_minus_6()
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d) / "spatial";
        Tensor x = new Draw(1).Normals(d, Picture, Tiny), text = new Draw(2).Normals(d, new Shape(1, 1, 9, 24));

        var h = new Linear(w / "proj_in", 64, 64).Forward(d, new GroupNorm(w / "norm", 64, 32, 1e-6f).Forward(d, x));
        new TransformerBlock(w / "transformer_blocks.0", 64, heads: 8, textChannels: 24).Update(d, h, text);
        var wanted = new Linear(w / "proj_out", 64, 64).Forward(d, h, residual: x);
        Same(d, wanted, new SpatialTransformer(w, 64, heads: 8, textChannels: 24, groups: 32).Forward(d, x, text));
    }

    [Fact]
    public void Motion_module_has_1e_minus_6()
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d) / "motion";
        var x = new Draw(3).Normals(d, Picture, Tiny);

        var normed = new GroupNorm(w / "norm", 64, 32, 1e-6f).Forward(d, x.As(new Shape(1, 10, 4, 64))).As(Picture);
        var h = new Linear(w / "proj_in", 64, 64).Forward(d, normed);
        var positions = d.Upload(Sinusoids.Positions(2, 64), new Shape(2, 1, 1, 64));
        new TemporalTransformerBlock(w / "transformer_blocks.0", 64, heads: 8).Update(d, h, positions);
        var wanted = new Linear(w / "proj_out", 64, 64).Forward(d, h, residual: x);
        Same(d, wanted, new TemporalTransformer(w, 64, heads: 8, groups: 32, maxFrames: 32).Forward(d, x, frames: 2));
    }

    [Fact]
    public void Transformer_blocks_have_1e_minus_5()
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d) / "block";
        Tensor h = new Draw(4).Normals(d, Picture, Tiny), text = new Draw(5).Normals(d, new Shape(1, 1, 9, 24)), wanted = d.Rent(Picture);
        d.Kernels.Copy(wanted, h);

        Tensor Norm(string name) => new LayerNorm(w / name, 64, 1e-5f).Forward(d, wanted);
        new SelfAttention(w / "attn1", 64, heads: 8).Forward(d, Norm("norm1"), residual: wanted, into: wanted);
        new CrossAttention(w / "attn2", 64, textChannels: 24, heads: 8).Forward(d, Norm("norm2"), text, residual: wanted, into: wanted);
        new FeedForward(w / "ff", 64).Forward(d, Norm("norm3"), residual: wanted, into: wanted);
        new TransformerBlock(w, 64, heads: 8, textChannels: 24).Update(d, h, text);
        Same(d, wanted, h);
    }

    [Fact]
    public void Autoencoder_has_1e_minus_6()
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d) / "encoder";
        var x = new Draw(6).Normals(d, Picture, Tiny);
        var parts = new VaeParts(w, SmallNetworks.VaeSizes);

        var level = w / "down_blocks.1.resnets";
        var wanted = Resnet(level / "1", 128).Forward(d, Resnet(level / "0", 64).Forward(d, x));
        Same(d, wanted, parts.DownBlock(1, 64, 128, isLast: true).Forward(d, x));

        var middle = w / "mid_block";
        var h = Resnet(middle / "resnets.0", 64, 64).Forward(d, x);
        var attention = middle / "attentions.0";
        var normed = new GroupNorm(attention / "group_norm", 64, 32, 1e-6f).Forward(d, h);
        h = new SelfAttention(attention, 64, heads: 1, ProjectionNames.Vae).Forward(d, normed, residual: h);
        Same(d, Resnet(middle / "resnets.1", 64, 64).Forward(d, h), parts.MidBlock(64).Forward(d, x));

        ResnetBlock Resnet(WeightSource at, int inChannels, int outChannels = 128) =>
            new(at, inChannels, outChannels, tembChannels: 0, groups: 32, eps: 1e-6f);
    }

    [Theory]
    [InlineData(1e-5f)]
    [InlineData(1e-4f)]
    public void Resnets_of_the_image_model_have_what_the_configuration_says(float eps)
    {
        using var d = Device.Open();
        var w = SmallNetworks.Weights(d);
        var x = new Draw(7).Normals(d, Picture, Tiny);
        var temb = new Draw(8).Normals(d, Shape.Vector(128));
        var parts = new UNetParts(w, w, SmallNetworks.UNetSizes with { NormEps = eps }, null);
        var wanted = new ResnetBlock(w / "down_blocks.1.resnets.0", 64, 64, tembChannels: 128, groups: 32, eps).Forward(d, x, temb: temb);
        Same(d, wanted, parts.Resnet("down_blocks.1", 0, 64, 64).Borrow().Value.Forward(d, x, temb: temb));
    }

    private static void Same(Device d, Tensor wanted, Tensor got) =>
        Assert.InRange(Relative.Error(d.Download(got), d.Download(wanted)), 0, Tolerance);
}
