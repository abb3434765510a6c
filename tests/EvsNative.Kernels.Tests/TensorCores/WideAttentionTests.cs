using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class WideAttentionTests
{
    private const double Tolerance = 1e-3;

    [Theory]
    [InlineData(176, 1, 2, 70, 70)]
    [InlineData(512, 1, 1, 20, 133)]
    [InlineData(192, 2, 1, 150, 17)]
    public void Wide_heads_are_what_the_definition_says(int size, int heads, int images, int queries, int keys)
    {
        using var trial = new AttentionTrial((gpu, scratch, others) => new WideAttention(gpu, scratch, others), ElementType.Float32);
        var draw = new Draw(size);
        var q = Values.Normal(draw, new Shape(images, 1, queries, heads * size));
        Values k = Values.Normal(draw, q.Shape with { W = keys }), v = Values.Normal(draw, k.Shape);
        double error = trial.Error(q, k, v, new AttentionOptions(heads));
        Assert.True(error < Tolerance, $"{error:e2}");
    }
}
