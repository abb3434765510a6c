using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>Attention over long sequences on tensor cores, its PTX run by the interpreter, against the definition.</summary>
public sealed class AttentionTensorTests(StreamingTrial run) : IClassFixture<StreamingTrial>
{
    private const double Tolerance = 2e-3;

    /// <summary>Every form, and heads that fill only a part of one; no query or key fills a tile.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(56)]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(104)]
    [InlineData(128)]
    [InlineData(160)]
    public void Every_head_size_is_what_the_definition_says(int size)
    {
        var draw = new Draw(size);
        var s = new Shape(2, 10, 10, 2 * size);
        run.Check(Values.Halves(draw, s), Values.Halves(draw, s with { W = 13 }), Values.Halves(draw, s with { W = 13 }), 2);
    }

    /// <summary>One key, tiles that are just full, and those before and behind them; keys of all images in one.</summary>
    [Theory]
    [InlineData(40, 1, 1)]
    [InlineData(40, 63, 2)]
    [InlineData(40, 64, 1)]
    [InlineData(40, 65, 1)]
    [InlineData(40, 192, 2)]
    [InlineData(80, 1, 2)]
    [InlineData(80, 32, 1)]
    [InlineData(80, 77, 1)]
    [InlineData(160, 33, 1)]
    [InlineData(160, 96, 2)]
    public void Keys_of_every_number_and_of_all_images_in_one(int size, int keys, int images)
    {
        var draw = new Draw(keys);
        var k = new Shape(images, 1, keys, size);
        run.Check(Values.Halves(draw, new Shape(2, 1, 20, size)), Values.Halves(draw, k), Values.Halves(draw, k), 1);
    }

    [Theory]
    [InlineData(40, 127)]
    [InlineData(40, 129)]
    [InlineData(80, 128)]
    [InlineData(160, 65)]
    public void Queries_of_every_number(int size, int queries)
    {
        var draw = new Draw(queries);
        var s = new Shape(1, 1, queries, size);
        run.Check(Values.Halves(draw, s), Values.Halves(draw, s with { W = 40 }), Values.Halves(draw, s with { W = 40 }), 1);
    }

    /// <summary>Scores that grow from stage to stage in a third of the rows, by more than weights may grow, and fall in another.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(128)]
    [InlineData(160)]
    public void Maxima_that_grow_and_fall_along_the_keys(int size)
    {
        var (q, k, v) = Growing(size);
        run.Check(q, k, v, 1);
    }

    /// <summary>That the test above comes to where the largest scores are looked for again: without it weights are infinite.</summary>
    [Fact]
    public void Without_another_look_for_maxima_that_have_grown_the_result_is_lost()
    {
        var (q, k, v) = Growing(40);
        string bound = Bits(StreamingSoftmax.MostWeight), none = Bits(float.MaxValue);
        float[] got = run.Attend(Unbounded, q, k, v, 1);
        Assert.Contains(got, value => !float.IsFinite(value));

        string Unbounded(string text)
        {
            Assert.Contains(bound, text, StringComparison.Ordinal);
            return text.Replace(bound, none, StringComparison.Ordinal);
        }

        static string Bits(float value) => $"0f{BitConverter.SingleToUInt32Bits(value):X8}";
    }

    /// <summary>All but one weight of a row vanish, and nothing overflows.</summary>
    [Fact]
    public void Large_logits_choose_one_key()
    {
        var draw = new Draw(5);
        var s = new Shape(1, 1, 200, 40);
        Values q = new(s, new float[s.Count]), k = new(s, new float[s.Count]), v = Values.Halves(draw, s);
        for (int row = 0; row < 200; row++)
        {
            double angle = 2 * Math.PI * row / 200;
            q.Data[row * 40] = k.Data[row * 40] = (float)(Half)(30000 * Math.Cos(angle));
            q.Data[(row * 40) + 1] = k.Data[(row * 40) + 1] = (float)(Half)(30000 * Math.Sin(angle));
        }

        run.Check(q, k, v, 1);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void Injected_queries_are_blended_in_float32_and_rounded_once(int size)
    {
        var draw = new Draw(size);
        var s = new Shape(2, 3, 11, 2 * size);
        Values q = Values.Halves(draw, s), inverted = Values.Halves(draw, s), k = Values.Halves(draw, s), v = Values.Halves(draw, s);
        const float gamma = 0.8f;
        run.Check(q, k, v, 2, inverted, gamma);
        var rounded = new Values(s, [.. q.Data.Zip(inverted.Data, (own, other) => (float)(Half)((own * (1 - gamma)) + (other * gamma)))]);
        Assert.Equal(run.Attend(rounded, k, v, 2), run.Attend(q, k, v, 2, inverted, gamma));
    }

    /// <summary>What is not finite stays so, and reaches no other image, nor another head.</summary>
    [Theory]
    [InlineData(40, float.NaN)]
    [InlineData(80, float.PositiveInfinity)]
    [InlineData(160, float.NegativeInfinity)]
    public void What_is_not_finite_stays_with_its_image_and_head(int size, float planted)
    {
        var draw = new Draw(size);
        var s = new Shape(3, 1, 70, 2 * size);
        Values[] inputs = [Values.Halves(draw, s), Values.Halves(draw, s), Values.Halves(draw, s)];
        float[] clean = run.Attend(inputs[0], inputs[1], inputs[2], 2);
        for (int planting = 0; planting < 3; planting++)
        {
            // The second image's row 66, in its second head.
            int at = ((70 + 66) * 2 * size) + size + 3;
            float before = inputs[planting].Data[at];
            inputs[planting].Data[at] = planted;
            float[] got = run.Attend(inputs[0], inputs[1], inputs[2], 2);
            double[] wanted = Attentions.Attend(inputs[0], inputs[1], inputs[2], 2);
            inputs[planting].Data[at] = before;
            int lost = 0;
            for (int i = 0; i < got.Length; i++)
            {
                bool isWith = i / s.C / 70 == 1 && i % s.C >= size;
                if (!isWith) Assert.Equal(clean[i], got[i]);
                else if (!double.IsFinite(wanted[i])) Assert.False(float.IsFinite(got[i]), $"input {planting}, {i}: {got[i]}");
                else if (float.IsFinite(got[i])) Assert.Equal(wanted[i], got[i], 0.02);
                lost += float.IsFinite(got[i]) ? 0 : 1;
            }

            Assert.True(lost > 0, $"input {planting}");
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(160)]
    public void An_image_has_the_same_bits_alone_and_in_company(int size)
    {
        var draw = new Draw(size);
        var s = new Shape(3, 1, 70, size);
        Values q = Values.Halves(draw, s), k = Values.Halves(draw, s), v = Values.Halves(draw, s);
        float[] together = run.Attend(q, k, v, 1);
        int count = together.Length / 3;
        for (int image = 0; image < 3; image++)
        {
            Values Alone(Values x) => new(s with { N = 1 }, x.Data[(image * count)..((image + 1) * count)]);
            Assert.Equal(together[(image * count)..((image + 1) * count)], run.Attend(Alone(q), Alone(k), Alone(v), 1));
        }
    }

    private static (Values Q, Values K, Values V) Growing(int size)
    {
        var draw = new Draw(size);
        var s = new Shape(1, 1, 320, size);
        Values q = Values.Halves(draw, s with { W = 32 }), k = Values.Halves(draw, s), v = Values.Halves(draw, s);

        // Of the first channel queries have -1, 0 or 1, and a key has more than the one before it.
        float scale = MathF.Sqrt(size) / 4;
        for (int i = 0; i < q.Data.Length; i++) q.Data[i] = (float)(Half)(scale * (i % size == 0 ? (i / size % 3) - 1 : q.Data[i]));
        for (int key = 0; key < 320; key++) k.Data[key * size] = (key - 100) * 0.5f;
        return (q, k, v);
    }
}
