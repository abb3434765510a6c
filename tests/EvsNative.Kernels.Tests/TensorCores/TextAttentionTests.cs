using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

public sealed class TextAttentionTests(TextTrial run) : IClassFixture<TextTrial>
{
    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(160)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(8)]
    [InlineData(56)]
    [InlineData(88)]
    public void Every_head_size_attends_to_a_text_for_all_images(int size) => Check(size, new Shape(2, 7, 6, 2 * size), sets: 1, keys: 77);

    [Theory]
    [InlineData(40, 1)]
    [InlineData(80, 16)]
    [InlineData(40, 65)]
    [InlineData(80, 80)]
    [InlineData(16, 128)]
    public void Any_number_of_keys_up_to_the_most_one_set_for_each_image(int size, int keys) =>
        Check(size, new Shape(2, 3, 7, 2 * size), sets: 2, keys);

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(32)]
    public void Recorded_queries_are_blended_in(int size) => Check(size, new Shape(2, 3, 11, 2 * size), sets: 2, keys: 77, isBlended: true);

    [Fact]
    public void An_odd_number_of_heads_of_40_goes_one_by_one()
    {
        Assert.Equal(3, TextPlan.Of(40, 3, 100, 77).Units);
        Check(40, new Shape(1, 3, 7, 120), sets: 1, keys: 77);
    }

    [Fact]
    public void A_groups_warps_take_several_rounds_of_queries_and_the_last_ones_may_have_none()
    {
        Check(40, new Shape(1, 1, 560, 80), sets: 1, keys: 16);
        Check(80, new Shape(1, 1, 300, 80), sets: 1, keys: 16);
    }

    [Fact]
    public void More_images_do_not_change_the_bits_of_one()
    {
        var draw = new Draw(3);
        var shape = new Shape(3, 5, 8, 80);
        Values q = Values.Halves(draw, shape), k = Values.Halves(draw, new Shape(1, 1, 77, 80)), v = Values.Halves(draw, k.Shape);
        var one = new Values(shape with { N = 1 }, q.Data[^(int)(shape.Count / 3)..]);
        float[] all = run.Run(q, k, v, new AttentionOptions(2));
        Assert.Equal(run.Run(one, k, v, new AttentionOptions(2)), all[^(int)(shape.Count / 3)..]);
    }

    [Fact]
    public void What_is_not_a_number_stays_in_its_image_and_query()
    {
        var draw = new Draw(4);
        var shape = new Shape(2, 1, 40, 80);
        Values q = Values.Halves(draw, shape), k = Values.Halves(draw, shape), v = Values.Halves(draw, shape);
        int image = (int)(shape.Count / 2);
        k.Data[5] = float.NaN;
        v.Data[100] = float.PositiveInfinity;
        q.Data[image + 81] = float.NaN;
        float[] y = run.Run(q, k, v, new AttentionOptions(2));
        Assert.All(Enumerable.Range(0, 40), token => Assert.False(float.IsFinite(y[token * 80])));
        Assert.All(Enumerable.Range(0, 40), c => Assert.False(float.IsFinite(y[image + 80 + c])));
        Assert.All(Enumerable.Range(0, image).Where(i => i / 80 != 1), i => Assert.True(float.IsFinite(y[image + i])));
    }

    [Fact]
    public void Plans_fit_every_device_with_the_tensor_cores_for_it()
    {
        foreach (var caps in GpuProfiles.All)
        {
            foreach (int size in (int[])[8, 40, 64, 80, 128, 160])
            {
                foreach (int keys in (int[])[1, 77, 128])
                {
                    Assert.Equal(caps.TensorCores == TensorGeneration.Ampere, TextPlan.Suits(caps, size, 8, keys));
                    var plan = TextPlan.Of(size, 8, 4096, keys);
                    int round = plan.Parts * plan.Queries;
                    Assert.InRange(4096, (plan.Rounds - 1) * round, plan.Rounds * round);

                    // At least two groups, 1 KB of each the system's, in the least shared memory that an architecture has.
                    if (keys == 77 && size <= 80) Assert.True(3 * (plan.SharedBytes + 1024) <= 100 << 10);
                }
            }

            Assert.False(TextPlan.Suits(caps, 40, 8, 129));
            Assert.False(TextPlan.Suits(caps, 44, 8, 77));
            Assert.False(TextPlan.Suits(caps, 168, 8, 77));
        }
    }

    private void Check(int size, Shape shape, int sets, int keys, bool isBlended = false)
    {
        var draw = new Draw(size + keys);
        Values q = Values.Halves(draw, shape), k = Values.Halves(draw, new Shape(sets, 1, keys, shape.C)), v = Values.Halves(draw, k.Shape);
        run.Check(q, k, v, new AttentionOptions(shape.C / size), isBlended ? Values.Halves(draw, shape) : null);
    }
}

/// <summary>The kernel of few keys.</summary>
public sealed class TextTrial() : AttentionTrial((gpu, _, others) => new TextAttention(gpu, others), ElementType.Float16);
