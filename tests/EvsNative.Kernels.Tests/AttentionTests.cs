using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

public sealed class AttentionTests(Agreement devices) : IClassFixture<Agreement>
{
    private const double Tolerance = 2e-6;

    [Fact]
    public void Attention_of_any_size_is_what_the_definition_says()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var draw = new Draw(seed);
            int heads = draw.Whole(1, 4), channels = heads * draw.Whole(1, 50);
            var q = Values.Normal(draw, new Shape(draw.Whole(1, 3), draw.Whole(1, 6), draw.Whole(1, 20), channels));
            var keys = draw.Once(2) ? q.Shape : new Shape(draw.Of(1, q.Shape.N), 1, draw.Whole(1, 130), channels);
            Attend(draw, q, keys, heads, isCausal: keys == q.Shape && draw.Once(3), isBlended: draw.Once(3));
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(160)]
    [InlineData(512)]
    public void Every_head_size_of_the_models_works_for_images_and_for_text(int size)
    {
        var draw = new Draw(size);
        var q = Values.Normal(draw, new Shape(2, 9, 11, 2 * size));
        Attend(draw, q, q.Shape, 2, isCausal: false, isBlended: false);
        Attend(draw, q, new Shape(1, 1, 77, 2 * size), 2, isCausal: false, isBlended: true);
        Attend(draw, q, q.Shape, 2, isCausal: true, isBlended: false);
    }

    [Fact]
    public void Attention_through_the_frames_is_what_the_definition_says()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var draw = new Draw(seed);
            int frames = draw.Once(8) ? draw.Whole(33, 70) : draw.Whole(1, 32), heads = draw.Whole(1, 4),
                channels = heads * draw.Whole(1, 50);
            var shape = new Shape(frames * draw.Whole(1, 2), draw.Whole(1, 4), draw.Whole(1, 6), channels);
            var (q, k, v) = (Values.Normal(draw, shape), Values.Normal(draw, shape), Values.Normal(draw, shape));
            var inverted = draw.Once(3) ? Values.Normal(draw, shape) : null;
            double[] wanted = Attentions.AttendFrames(q, k, v, heads, frames, inverted, 0.8f);
            devices.Check(wanted, Tolerance,
                $"seed {seed}: {shape}, {heads} heads, {frames} frames, {(inverted is null ? "plain" : "blended")}", d =>
            {
                var y = Draw.Poisoned(d, shape);
                QueryBlend? blend = inverted is null ? null : new QueryBlend(inverted.On(d), 0.8f);
                d.Kernels.Attention(y, q.On(d), k.On(d), v.On(d), new AttentionOptions(heads, SequenceAxis.Frames, frames, Blend: blend));
                return y;
            });
        }
    }

    /// <summary>More queries than a work item has, more keys than a block, and maxima that grow from block to block.</summary>
    [Fact]
    public void Many_tokens_and_maxima_that_grow_along_the_keys()
    {
        var draw = new Draw(11);
        var q = Values.Halves(draw, new Shape(1, 1, 427, 16), 0.5f, mean: 1);
        var k = Values.Normal(draw, q.Shape);
        for (int i = 0; i < k.Data.Length; i++) k.Data[i] = (float)(Half)(k.Data[i] + (0.01f * (i / 16)));
        var v = Values.Normal(draw, q.Shape);
        foreach (bool isCausal in (bool[])[false, true])
        {
            devices.Check(Attentions.Attend(q, k, v, 2, isCausal), 4e-6, $"causal: {isCausal}", d =>
            {
                var y = Draw.Poisoned(d, q.Shape);
                d.Kernels.Attention(y, q.On(d), k.On(d), v.On(d), new AttentionOptions(2, IsCausal: isCausal));
                return y;
            });
        }
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        var draw = new Draw(3);
        var q = Values.Halves(draw, new Shape(1, 1, 50, 16), deviation: 60);
        Attend(draw, q, q.Shape, 2, isCausal: false, isBlended: false, deviation: 60, tolerance: 2e-4);
    }

    /// <summary>The published example of the injected query: d = 2, one head.</summary>
    [Theory]
    [InlineData(0, 1.82504200, 1.82504200)]
    [InlineData(0.5f, 1.81648718, 1.91184111)]
    [InlineData(0.8f, 1.81136750, 1.96465938)]
    [InlineData(1, 1.80796006, 2.00000000)]
    public void Equation_11_gives_its_worked_numbers(float gamma, double row0, double row1)
    {
        using var d = Device.Open();
        using var scope = d.Enter("test");
        var s = new Shape(1, 1, 2, 2);
        var y = Draw.Poisoned(d, s);
        var blend = new QueryBlend(d.Upload([0.2f, 0.9f, 1, -1], s), gamma);
        d.Kernels.Attention(y, d.Upload([1, 0, 0, 1], s), d.Upload([1, 0, 0.5f, -0.5f], s), d.Upload([1, 2, 3, 4], s),
            new AttentionOptions(1, Blend: blend));
        Assert.True(Relative.Error(d.Download(y), (double[])[row0, row0 + 1, row1, row1 + 1]) < 5e-7);
    }

    private void Attend(
        Draw draw, Values q, Shape keys, int heads, bool isCausal, bool isBlended, float deviation = 1, double tolerance = Tolerance)
    {
        var (k, v) = (deviation > 1 ? Values.Halves(draw, keys, deviation) : Values.Normal(draw, keys), Values.Normal(draw, keys));
        var inverted = isBlended ? Values.Normal(draw, q.Shape) : null;
        float gamma = draw.Of(0, 0.5f, 0.8f, 1);
        string what =
            $"seed {draw.Seed}: q {q.Shape}, k {keys}, {heads} heads, {(isCausal ? "causal" : "all")}, {(isBlended ? "blended" : "plain")}";
        devices.Check(Attentions.Attend(q, k, v, heads, isCausal, inverted, gamma), tolerance, what, d =>
        {
            var y = Draw.Poisoned(d, q.Shape);
            QueryBlend? blend = inverted is null ? null : new QueryBlend(inverted.On(d), gamma);
            d.Kernels.Attention(y, q.On(d), k.On(d), v.On(d), new AttentionOptions(heads, IsCausal: isCausal, Blend: blend));
            return y;
        });
    }
}
