using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>The same on sm_75: copies through registers, products over 8 channels.</summary>
public sealed class AttentionTuringTests(TuringStreamingTrial run) : IClassFixture<TuringStreamingTrial>
{
    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(160)]
    public void Heads_of_the_models_are_what_the_definition_says(int size)
    {
        var draw = new Draw(size);
        var s = new Shape(1, 1, 70, size);
        Values q = Values.Halves(draw, s), k = Values.Halves(draw, s with { W = 130 }), v = Values.Halves(draw, s with { W = 130 });
        run.Check(q, k, v, 1);
        if (size == 40) run.Check(q, k, v, 1, Values.Halves(draw, s), 0.8f);
    }
}
