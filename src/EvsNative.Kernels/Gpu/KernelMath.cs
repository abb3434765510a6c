using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>Elementary functions inside kernels, in float32.</summary>
internal static class KernelMath
{
    private const float Log2E = 1.4426950408889634f;

    private const float InverseRoot2 = 0.70710678118654752f;

    // |erf| rounds to 1 from here on.
    private const float ErfSaturates = 3.93f;

    // (1 + tanh z) / 2 is the logistic function of 2 z; these are 2 sqrt(2 / pi), and 0.044715 times it.
    private const float TanhSlope = 1.59576912160573f;
    private const float TanhCubic = 0.07135481627260f;

    /// <summary>The models' non-linearities.</summary>
    public static float Activate(float x, Activation activation)
    {
        if (activation == Activation.Relu) return x < 0 ? 0 : x;
        if (activation == Activation.GeluTanh) return Swish(x, TanhSlope + (TanhCubic * x * x));
        if (activation == Activation.Sigmoid) return Logistic(x);
        return Smooth(x, activation);
    }

    /// <summary>Those of the diffusion models, x included: all that the kernels for tensor cores finish a product with.</summary>
    public static float Smooth(float x, Activation activation)
    {
        if (activation == Activation.None) return x;
        if (activation == Activation.Gelu) return Gelu(x);
        return Swish(x, Slope(activation));
    }

    /// <summary>The slope of those that are x times a logistic function.</summary>
    public static float Slope(Activation activation) => activation == Activation.QuickGelu ? 1.702f : 1;

    /// <summary>x / (1 + e^(-slope x))</summary>
    public static float Swish(float x, float slope) => x / (1 + PtxIntrinsics.Exp2(-slope * Log2E * x));

    /// <summary>1 / (1 + e^-x)</summary>
    public static float Logistic(float x) => 1 / (1 + PtxIntrinsics.Exp2(-Log2E * x));

    /// <summary>The non-linearities of four numbers.</summary>
    public static Four Activate(Four x, Activation activation) =>
        Four.Of(Activate(x.A, activation), Activate(x.B, activation), Activate(x.C, activation), Activate(x.D, activation));

    /// <summary>The largest whole number that is not above x, which has room for it; any for NaN.</summary>
    public static int Floor(float x)
    {
        int whole = (int)x;
        return whole > x ? whole - 1 : whole;
    }

    /// <summary>
    /// x, or the bound that it is beyond; NaN for NaN: bounds are compared with, since the smaller of two numbers is a number where one is
    /// NaN.
    /// </summary>
    public static float Within(float x, float least, float most)
    {
        float bounded = x < least ? least : x;
        return bounded > most ? most : bounded;
    }

    /// <summary>0.5 x (1 + erf(x / sqrt 2))</summary>
    public static float Gelu(float x) => 0.5f * x * (1 + Erf(x * InverseRoot2));

    /// <summary>
    /// erf(x) = x p(x^2) / q(x^2); the coefficients are positive, so nothing cancels. The same rational function as the processor's kernels
    /// use. Bounds are compared with, since the smaller of two numbers is a number where one is NaN.
    /// </summary>
    public static float Erf(float x)
    {
        float a = x < -ErfSaturates ? -ErfSaturates : x;
        a = a > ErfSaturates ? ErfSaturates : a;
        float t = a * a;
        float p = ((((((((((2.042181955e-6f * t) + 0.000284760505f) * t) + 0.003777837802f) * t) + 0.05278483032f) * t)
            + 0.1907439544f) * t) + 1.128379146f);
        float q =
            ((((((((((3.80037145e-5f * t) + 0.00116476676f) * t) + 0.01499390853f) * t) + 0.1142408771f) * t) + 0.5023751553f) * t) + 1);
        return a * p / q;
    }
}
