using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Layers.Tests.Modules;

/// <summary>Laws of feature injection in the layers that offer it.</summary>
public sealed class InjectionTests
{
    private static readonly Shape Picture = new(3, 5, 7, 64);

    [Fact]
    public void Self_attention_with_gamma_one_reproduces_the_recorded_pass_whatever_the_input()
    {
        using var d = Device.Open();
        var (attention, x, other) = Attention(d);
        var zero = Zero(d, Picture);
        var tape = new Tape(d);
        float[] recorded = d.Download(attention.Forward(d, x, zero, tap: tape));
        float[] injected = d.Download(attention.Forward(d, other, zero, tap: tape.Injecting(1)));
        float[] own = d.Download(attention.Forward(d, other, zero));
        Assert.Equal(["attn1.q", "attn1.k", "attn1.v"], tape.Offered);
        Assert.InRange(Relative.Error(injected, recorded), 0, 1e-6);
        Assert.True(Relative.Error(own, recorded) > 0.1);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.25f)]
    [InlineData(1f)]
    public void Self_attention_recorded_from_the_same_input_is_unchanged_by_any_gamma(float gamma)
    {
        using var d = Device.Open();
        var (attention, x, _) = Attention(d);
        var tape = new Tape(d);
        float[] recorded = d.Download(attention.Forward(d, x, x, tap: tape));
        Assert.InRange(Relative.Error(d.Download(attention.Forward(d, x, x, tap: tape.Injecting(gamma))), recorded), 0, 1e-6);
    }

    /// <summary>With gamma 0 the own query meets recorded keys and values; the definition is written out with the vocabulary.</summary>
    [Theory]
    [InlineData(0f)]
    [InlineData(0.6f)]
    public void Self_attention_blends_the_query_and_replaces_keys_and_values(float gamma)
    {
        using var d = Device.Open();
        var (attention, x, other) = Attention(d);
        var zero = Zero(d, Picture);
        Tape first = new(d), second = new(d);
        attention.Forward(d, x, zero, tap: first);
        attention.Forward(d, other, zero, tap: second);

        Tensor q = d.Rent(Picture), o = d.Rent(Picture);
        d.Kernels.Combine(q, gamma, first["attn1.q"], 1 - gamma, second["attn1.q"]);
        d.Kernels.Attention(o, q, first["attn1.k"], first["attn1.v"], new AttentionOptions(8));
        var wanted = new Linear(Weights(d) / "attn1.to_out.0", 64, 64).Forward(d, o);
        var got = attention.Forward(d, other, zero, tap: first.Injecting(gamma));
        Assert.InRange(Relative.Error(d.Download(got), d.Download(wanted)), 0, 1e-5);
    }

    [Fact]
    public void Spatial_transformer_offers_its_self_attention_alone()
    {
        using var d = Device.Open();
        var transformer = new SpatialTransformer(Weights(d) / "up_blocks.1.attentions.0", 64, heads: 8, textChannels: 24, groups: 32);
        var draw = new Draw(2);
        var tape = new Tape(d);
        transformer.Forward(d, draw.Normals(d, Picture), draw.Normals(d, new Shape(1, 1, 9, 24)), tape);
        const string attention = "up_blocks.1.attentions.0.transformer_blocks.0.attn1";
        Assert.Equal([$"{attention}.q", $"{attention}.k", $"{attention}.v"], tape.Offered);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(96)]
    public void Resnet_offers_its_residual_branch_and_takes_a_recorded_one(int outChannels)
    {
        using var d = Device.Open();
        var resnet = new ResnetBlock(Weights(d) / "resnet", 64, outChannels, tembChannels: 16, groups: 32, eps: 1e-5f);
        var draw = new Draw(3);
        Tensor x = draw.Normals(d, Picture), other = draw.Normals(d, Picture), temb = draw.Normals(d, Shape.Vector(16));
        var tape = new Tape(d);
        float[] plain = d.Download(resnet.Forward(d, x, temb: temb)), recording = d.Download(resnet.Forward(d, x, temb: temb, tap: tape));
        Assert.Equal(["resnet"], tape.Offered);
        Assert.InRange(Relative.Error(recording, plain), 0, 1e-6);
        Assert.InRange(Relative.Error(d.Download(resnet.Forward(d, x, temb: temb, tap: tape.Injecting(1))), plain), 0, 1e-6);

        // Another input keeps its own shortcut and gets the recorded branch.
        var shortcut = outChannels == 64
            ? other
            : new Conv2d(Weights(d) / "resnet.conv_shortcut", 64, outChannels, kernel: 1).Forward(d, other);
        var wanted = d.Rent(shortcut.Shape);
        d.Kernels.Combine(wanted, 1, tape["resnet"], 1, shortcut);
        var injected = resnet.Forward(d, other, temb: temb, tap: tape.Injecting(1));
        Assert.InRange(Relative.Error(d.Download(injected), d.Download(wanted)), 0, 1e-6);
    }

    [Fact]
    public void A_tap_that_wants_nothing_changes_nothing()
    {
        using var d = Device.Open();
        var resnet = new ResnetBlock(Weights(d) / "resnet", 64, 96, tembChannels: 16, groups: 32, eps: 1e-5f);
        var (attention, x, _) = Attention(d);
        var temb = new Draw(4).Normals(d, Shape.Vector(16));
        var nothing = new Tape(d).Injecting(1);
        Assert.Equal(d.Download(resnet.Forward(d, x, temb: temb)), d.Download(resnet.Forward(d, x, temb: temb, tap: nothing)));
        Assert.Equal(d.Download(attention.Forward(d, x, x)), d.Download(attention.Forward(d, x, x, tap: nothing)));
    }

    private static WeightSource Weights(Device d) => new WeightStore(d, new FormulaWeights()).Root;

    private static (SelfAttention Attention, Tensor X, Tensor Other) Attention(Device d)
    {
        var draw = new Draw(1);
        return (new SelfAttention(Weights(d) / "attn1", 64, heads: 8), draw.Normals(d, Picture), draw.Normals(d, Picture));
    }

    private static Tensor Zero(Device d, Shape shape) => d.Upload(new float[shape.Count], shape);
}
