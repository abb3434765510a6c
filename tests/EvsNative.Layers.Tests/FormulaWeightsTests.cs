using System.Diagnostics;

namespace EvsNative.Layers.Tests;

public sealed class FormulaWeightsTests
{
    private const double Sqrt3 = 1.7320508075688772;

    /// <summary>The reference's formula, one number at a time: hash / 2^31 - 1 in float64.</summary>
    private static double U(string name, long j)
    {
        uint h = FormulaWeights.Crc32(name) + (uint)(j * 0x9E3779B1L);
        h = (h ^ (h >> 16)) * 0x85EBCA6B;
        h = (h ^ (h >> 13)) * 0xC2B2AE35;
        h ^= h >> 16;
        return (h / 2147483648.0) - 1.0;
    }

    private static float[] Read(string name, params long[] shape)
    {
        var weights = new FormulaWeights();
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        Array.Fill(values, float.NaN);
        weights.Read(name, weights.FindShape(name, shape)!, values);
        return values;
    }

    [Fact]
    public void The_first_numbers_are_those_of_the_specification()
    {
        Assert.Equal(3904355907u, FormulaWeights.Crc32("a"));
        float[] wanted = [0.54630109f, -0.8631362f, -0.12234616f, -0.15401012f];
        Assert.Equal(wanted, FormulaWeights.Input("a", 4, 1), (x, y) => Math.Abs(x - y) < 5e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1001)]
    [InlineData((1 << 17) + 5)]
    public void Inputs_equal_the_formula_bit_by_bit(int count)
    {
        float[] got = FormulaWeights.Input("input.sample", count);
        Assert.Equal(count, got.Length);
        for (int j = 0; j < count; j++) Assert.Equal((float)(Sqrt3 * U("input.sample", j)), got[j]);
    }

    [Fact]
    public void Tensors_with_axes_are_scaled_by_their_fan_in()
    {
        float[] got = Read("conv_in.weight", 5, 4, 3, 3);
        for (int j = 0; j < got.Length; j++) Assert.Equal((float)(U("conv_in.weight", j) * Math.Sqrt(3.0 / 36)), got[j]);
    }

    [Fact]
    public void Vectors_named_weight_lie_around_one_and_others_around_zero()
    {
        float[] weight = Read("norm1.weight", 33), bias = Read("norm1.bias", 33);
        for (int j = 0; j < 33; j++)
        {
            Assert.Equal((float)(1 + (0.1 * U("norm1.weight", j))), weight[j]);
            Assert.Equal((float)(0.1 * U("norm1.bias", j)), bias[j]);
        }
    }

    [Fact]
    public void Only_the_text_encoders_embeddings_are_half()
    {
        const string text = "text_model.embeddings.token_embedding.weight", time = "time_embedding.linear_1.weight";
        float[] token = Read(text, 11, 6), linear = Read(time, 11, 6);
        for (int j = 0; j < token.Length; j++)
        {
            Assert.Equal((float)(0.5 * U(text, j)), token[j]);
            Assert.Equal((float)(U(time, j) * Math.Sqrt(0.5)), linear[j]);
        }
    }

    [Theory]
    [InlineData("cls_token", 1, 1, 9)]
    [InlineData("pos_embed", 1, 5, 9)]
    [InlineData("vision_model.embeddings.position_embedding.weight", 5, 9)]
    [InlineData("vision_model.head.probe", 1, 1, 9)]
    public void Tables_of_vision_transformers_are_half(string name, params int[] shape)
    {
        float[] got = Read(name, [.. shape.Select(length => (long)length)]);
        for (int j = 0; j < got.Length; j++) Assert.Equal((float)(0.5 * U(name, j)), got[j]);
    }

    [Fact]
    public void A_large_tensor_takes_well_under_a_microsecond_for_a_hundred_numbers()
    {
        float[] values = new float[40_000_000];
        FormulaWeights.Fill("warm", values, 1, 0);
        var clock = Stopwatch.StartNew();
        FormulaWeights.Fill("text_model.embeddings.token_embedding.weight", values, 0.5, 0);
        double perSecond = values.Length / clock.Elapsed.TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine($"{perSecond:E2} numbers per second");
        Assert.True(perSecond > 1e8, $"{perSecond:E2} numbers per second: the 1.4e9 weights of SD1.5 would take longer than the tests");
    }
}
