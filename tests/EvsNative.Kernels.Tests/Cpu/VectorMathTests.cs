using System.Runtime.Intrinsics;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Definitions;

namespace EvsNative.Kernels.Tests.Cpu;

public sealed class VectorMathTests
{
    [Fact]
    public void Exp_is_within_two_units_in_the_last_place()
    {
        double worst = 0;
        for (float x = -87.3f; x < 88.7f; x += 0.00037f) worst = Math.Max(worst, Units(VectorMath.Exp(x), Math.Exp(x)));
        Assert.InRange(worst, 0, 2);
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.MinValue, 0)]
    [InlineData(-1000, 0)]
    [InlineData(-88, 0)]
    [InlineData(0, 1)]
    [InlineData(89, float.PositiveInfinity)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Exp_has_the_right_ends(float x, float wanted) => Assert.Equal(wanted, VectorMath.Exp(x));

    [Fact]
    public void A_NaN_of_any_bits_passes_through_all_functions()
    {
        foreach (int bits in (int[])[-1, 0x7FC00000, unchecked((int)0xFFC00000), 0x7FFFFFFF, 0x7F800001])
        {
            float nan = BitConverter.Int32BitsToSingle(bits);
            Assert.True(float.IsNaN(VectorMath.Exp(nan)));
            Assert.True(float.IsNaN(VectorMath.Erf(nan)));
            foreach (var activation in Enum.GetValues<Activation>()) Assert.True(float.IsNaN(VectorMath.Activate(nan, activation)));
        }
    }

    [Fact]
    public void Erf_is_within_4e_7_and_within_0_7e_7_in_the_mean()
    {
        double worst = 0, squares = 0;
        int count = 0;
        for (float x = -4; x < 4; x += 0.000037f, count++)
        {
            double error = Math.Abs(VectorMath.Erf(x) - Elementary.Erf(x));
            worst = Math.Max(worst, error);
            squares += error * error;
        }

        Assert.InRange(worst, 0, 4e-7);
        Assert.InRange(Math.Sqrt(squares / count), 0, 0.7e-7);
        Assert.Equal(1, VectorMath.Erf(float.PositiveInfinity));
        Assert.Equal(-1, VectorMath.Erf(float.MinValue));
    }

    [Fact]
    public void Erf_of_small_numbers_is_right_relative_to_them()
    {
        for (float x = 1e-30f; x < 1; x *= 1.01f) Assert.InRange(VectorMath.Erf(x) / Elementary.Erf(x), 1 - 3e-7, 1 + 3e-7);
    }

    [Theory]
    [InlineData(Activation.None)]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.QuickGelu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.GeluTanh)]
    public void Activations_are_within_3e_7_of_their_argument(Activation activation)
    {
        for (float x = -40; x < 40; x += 0.00131f)
        {
            double error = Math.Abs(VectorMath.Activate(x, activation) - Elementary.Activate(x, activation));
            Assert.True(error <= 3e-7 * Math.Max(Math.Abs(x), 1e-3), $"{activation}({x}) is off by {error}");
        }
    }

    [Theory]
    [InlineData(Activation.Silu)]
    [InlineData(Activation.QuickGelu)]
    [InlineData(Activation.Gelu)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.GeluTanh)]
    public void Activations_vanish_far_below_zero_and_pass_what_is_far_above(Activation activation)
    {
        foreach (float x in (float[])[100, 1e4f, 1e30f])
        {
            Assert.Equal(0, VectorMath.Activate(-x, activation));
            Assert.Equal(x, VectorMath.Activate(x, activation));
        }
    }

    [Fact]
    public void The_logistic_function_is_within_5e_7_of_itself_and_saturates()
    {
        for (float x = -80; x < 80; x += 0.00131f)
        {
            double wanted = Elementary.Activate(x, Activation.Sigmoid);
            Assert.InRange(VectorMath.Activate(x, Activation.Sigmoid) / wanted, 1 - 5e-7, 1 + 5e-7);
        }

        foreach (float x in (float[])[100, 1e4f, 1e30f, float.PositiveInfinity])
        {
            Assert.Equal(0, VectorMath.Activate(-x, Activation.Sigmoid));
            Assert.Equal(1, VectorMath.Activate(x, Activation.Sigmoid));
        }
    }

    [Fact]
    public void A_value_does_not_depend_on_the_width()
    {
        float[] x = [-90f, -3.3f, -0.1f, 0f, 0.7f, 2.9f, 5f, 95f, -87.4f, 1e-20f, -1f, 3.93f, -3.94f, 0.25f, 44f, -44f];
        Vector512<float> widest = Vector512.Create(x), e512 = VectorMath<Simd512, Vector512<float>>.Exp(widest),
            f512 = VectorMath<Simd512, Vector512<float>>.Erf(widest);
        for (int lane = 0; lane < 16; lane++)
        {
            var eight = Vector256.Create(x, lane / 8 * 8);
            Assert.Equal(VectorMath.Exp(x[lane]), e512[lane]);
            Assert.Equal(VectorMath.Erf(x[lane]), f512[lane]);
            Assert.Equal(VectorMath.Exp(x[lane]), VectorMath<Simd256, Vector256<float>>.Exp(eight)[lane % 8]);
            Assert.Equal(VectorMath.Erf(x[lane]), VectorMath<Simd256, Vector256<float>>.Erf(eight)[lane % 8]);
        }
    }

    [Fact]
    public void The_softmax_power_is_within_3e_7_of_itself_and_its_least_value_is_small_but_normal()
    {
        double worst = 0, squares = 0;
        int count = 0;
        for (float x = -100; x <= 127; x += 0.00037f, count++)
        {
            double wanted = Math.Pow(2, x), error = (Exp2(x) - wanted) / wanted;
            worst = Math.Max(worst, Math.Abs(error));
            squares += error * error;
        }

        Assert.InRange(worst, 0, 3e-7);
        Assert.InRange(Math.Sqrt(squares / count), 0, 0.7e-7);
        foreach (float x in (float[])[-100, -101, -1e30f, float.NegativeInfinity]) Assert.Equal(Math.Pow(2, -100), Exp2(x));
        Assert.Equal(1, Exp2(0));
        Assert.True(float.IsNaN(Exp2(float.NaN)));
        static float Exp2(float x) => VectorMath<Simd256, Vector256<float>>.Exp2(Vector256.Create(x)).ToScalar();
    }

    private static double Units(float got, double wanted) =>
        Math.Abs(got - wanted) / (MathF.BitIncrement((float)wanted) - (double)(float)wanted);
}
