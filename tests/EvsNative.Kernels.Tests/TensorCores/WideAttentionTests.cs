using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class WideAttentionTests(WideTrial run) : IClassFixture<WideTrial>
{
    /// <summary>Heads of the autoencoder and others, keys that fill no chunk and no tile, queries in several blocks.</summary>
    [Theory]
    [InlineData(176, 1, 2, 70, 70)]
    [InlineData(512, 1, 1, 20, 133)]
    [InlineData(192, 2, 1, 150, 17)]
    [InlineData(176, 1, 1, 129, 1)]
    public void Wide_heads_are_what_the_definition_says(int size, int heads, int images, int queries, int keys)
    {
        var draw = new Draw(size);
        var q = Values.Normal(draw, new Shape(images, 1, queries, heads * size));
        Values k = Values.Normal(draw, q.Shape with { W = keys }), v = Values.Normal(draw, k.Shape);
        run.Check(q, k, v, new AttentionOptions(heads));
    }

    [Fact]
    public void Images_may_share_keys_and_one_has_the_same_bits_alone_and_in_company()
    {
        var draw = new Draw(1);
        var shape = new Shape(2, 1, 40, 176);
        Values q = Values.Normal(draw, shape), k = Values.Normal(draw, shape with { N = 1, W = 30 }), v = Values.Normal(draw, k.Shape);
        run.Check(q, k, v, new AttentionOptions(1));
        float[] second = run.Run(new Values(shape with { N = 1 }, q.Data[(q.Data.Length / 2)..]), k, v, new AttentionOptions(1));
        Assert.Equal(second, run.Run(q, k, v, new AttentionOptions(1))[second.Length..]);
    }

    [Fact]
    public void Large_scores_choose_one_key()
    {
        var draw = new Draw(2);
        var shape = new Shape(1, 1, 40, 176);
        Values q = Values.Normal(draw, shape, 300), v = Values.Normal(draw, shape);
        run.Check(q, q, v, new AttentionOptions(1));
    }

    [Fact]
    public void What_is_not_finite_stays_with_its_image()
    {
        var draw = new Draw(3);
        var shape = new Shape(2, 1, 20, 176);
        Values q = Values.Normal(draw, shape), k = Values.Normal(draw, shape), v = Values.Normal(draw, shape);
        k.Data[5] = float.NaN;
        float[] y = run.Run(q, k, v, new AttentionOptions(1));
        Assert.All(y[..(y.Length / 2)], value => Assert.False(float.IsFinite(value)));
        Assert.All(y[(y.Length / 2)..], value => Assert.True(float.IsFinite(value)));
        (k.Data[5], v.Data[5], q.Data[^3]) = (0, float.PositiveInfinity, float.NaN);
        y = run.Run(q, k, v, new AttentionOptions(1));
        Assert.All(Enumerable.Range(0, 20), token => Assert.False(float.IsFinite(y[(token * 176) + 5])));
        Assert.All(y[^176..], value => Assert.False(float.IsFinite(value)));
        Assert.All(y[(y.Length / 2)..^176], value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Plans_keep_scores_within_bounds_and_suit_every_device_with_the_tensor_cores_for_it()
    {
        foreach (var caps in GpuProfiles.All)
        {
            Assert.Equal(caps.TensorCores == TensorGeneration.Ampere, WidePlan.Suits(caps, 512));
            Assert.False(WidePlan.Suits(caps, 160));
            Assert.False(WidePlan.Suits(caps, 500));
        }

        foreach (int tokens in (int[])[1, 1225, 4096, 10240, 16384, 65536])
        {
            var plan = WidePlan.Of(tokens, tokens);
            Assert.InRange(plan.ScoreBytes, 1, 96 << 20);
            Assert.True(plan.Pitch >= tokens && plan.Pitch % 16 == 0 && plan.Rows >= Math.Min(tokens, 384));
        }
    }
}

/// <summary>The kernels of wide heads, with few queries at a time.</summary>
public sealed class WideTrial() : AttentionTrial(
    (gpu, scratch, others) => new WideAttention(gpu, scratch, others, mostRows: 128), ElementType.Float32);
