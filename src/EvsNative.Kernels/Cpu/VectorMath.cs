using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Cpu;

/// <summary>
/// Elementary functions on vectors of any width; a value does not depend on the width. The coefficients are our own fits: Chebyshev
/// interpolation for exp, a reweighted rational least-squares fit for erf.
/// </summary>
internal static class VectorMath<TSimd, TVector>
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    // ln 2 in two parts; the first has 15 bits, so that its product with any exponent is exact.
    private const float Ln2High = 0.693145751953125f;
    private const float Ln2Low = 1.42860682030942e-6f;
    private const float Log2E = 1.44269504089f;

    // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
    private const float Rounder = 12582912f;

    // e^x is a normal float32 number between these.
    private const float ExpLowest = -87.33654f;
    private const float ExpHighest = 88.72283f;

    // The next number below the lowest.
    private const float ExpVanishes = -87.33655f;

    // The least weight of a softmax: far below what a sum of float32 notices, far above numbers that processors are slow with.
    private const float Exp2Lowest = -100;

    // erf is 1 in float32 from here on.
    private const float ErfSaturates = 3.9300003f;

    private const float InverseRoot2 = 0.70710678118654752f;

    // (1 + tanh z) / 2 is the logistic function of 2 z; these are 2 sqrt(2 / pi), and 0.044715 times it.
    private const float TanhSlope = 1.59576912160573f;
    private const float TanhCubic = 0.07135481627260f;

    /// <summary>
    /// e^x within 2 units in the last place; 0 where it would be subnormal (x below -87.34), infinity above 88.72, NaN for NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        var y = ExpInRange(x);
        y = TSimd.SelectLessOrEqual(x, Of(ExpHighest), y, TSimd.Add(x, Of(float.PositiveInfinity)));
        return TSimd.SelectLessOrEqual(x, Of(ExpVanishes), default, y);
    }

    /// <summary>
    /// 2^x for x up to 127 within 3e-7 of itself, 0.7e-7 in the root mean square; 2^-100 for any x below -100, NaN for NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp2(TVector x)
    {
        // x = n + r, |r| <= 1/2; 2^r = 1 + r q(r)
        x = TSimd.Max(Of(Exp2Lowest), x);
        var shifted = TSimd.Add(x, Of(Rounder));
        var r = TSimd.Subtract(x, TSimd.Subtract(shifted, Of(Rounder)));
        var q = TSimd.MultiplyAdd(Of(0.00133813021f), r, Of(0.00966636837f));
        q = TSimd.MultiplyAdd(q, r, Of(0.0555038117f));
        q = TSimd.MultiplyAdd(q, r, Of(0.240223497f));
        q = TSimd.MultiplyAdd(q, r, Of(0.693147182f));
        q = TSimd.MultiplyAdd(q, r, Of(1));
        return TSimd.ScaleByPower(q, shifted);
    }

    /// <summary>1 / (1 + e^-x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x) => TSimd.Divide(Of(1), TSimd.Add(Of(1), Exp(TSimd.Subtract(default, x))));

    /// <summary>The error function within 4e-7, 0.7e-7 in the root mean square.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf(TVector x)
    {
        // erf(x) = x p(x^2) / q(x^2); all coefficients are positive, so nothing cancels
        var t = TSimd.Multiply(x, x);
        var p = TSimd.MultiplyAdd(Of(2.042181955e-6f), t, Of(0.000284760505f));
        p = TSimd.MultiplyAdd(p, t, Of(0.003777837802f));
        p = TSimd.MultiplyAdd(p, t, Of(0.05278483032f));
        p = TSimd.MultiplyAdd(p, t, Of(0.1907439544f));
        p = TSimd.MultiplyAdd(p, t, Of(1.128379146f));
        var q = TSimd.MultiplyAdd(Of(3.80037145e-5f), t, Of(0.00116476676f));
        q = TSimd.MultiplyAdd(q, t, Of(0.01499390853f));
        q = TSimd.MultiplyAdd(q, t, Of(0.1142408771f));
        q = TSimd.MultiplyAdd(q, t, Of(0.5023751553f));
        q = TSimd.MultiplyAdd(q, t, Of(1));
        var inside = TSimd.Divide(TSimd.Multiply(x, p), q);
        return TSimd.SelectLessOrEqual(Of(ErfSaturates), TSimd.Abs(x), TSimd.CopySign(Of(1), x), inside);
    }

    /// <summary>The models' non-linearities; see <see cref="Activation"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Activate(TVector x, Activation activation) => activation switch
    {
        Activation.Silu => Silu(x),
        Activation.QuickGelu => QuickGelu(x),
        Activation.Gelu => Gelu(x),
        Activation.Relu => Relu(x),
        Activation.GeluTanh => GeluTanh(x),
        Activation.Sigmoid => Sigmoid(x),
        _ => x,
    };

    /// <summary>x sigmoid(x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Silu(TVector x) => TSimd.Multiply(x, Sigmoid(x));

    /// <summary>x sigmoid(1.702 x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector QuickGelu(TVector x) => TSimd.Multiply(x, Sigmoid(TSimd.Multiply(x, Of(1.702f))));

    /// <summary>0.5 x (1 + erf(x / sqrt 2))</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu(TVector x) =>
        TSimd.Multiply(TSimd.Multiply(x, Of(0.5f)), TSimd.Add(Of(1), Erf(TSimd.Multiply(x, Of(InverseRoot2)))));

    /// <summary>0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GeluTanh(TVector x)
    {
        var slope = TSimd.MultiplyAdd(TSimd.Multiply(x, x), Of(TanhCubic), Of(TanhSlope));
        return TSimd.Multiply(x, Sigmoid(TSimd.Multiply(x, slope)));
    }

    /// <summary>x above zero, else 0; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Relu(TVector x) => TSimd.SelectLessOrEqual(x, default, default, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpInRange(TVector x)
    {
        // x = n ln 2 + r, |r| <= ln 2 / 2
        var shifted = TSimd.MultiplyAdd(x, Of(Log2E), Of(Rounder));
        var n = TSimd.Subtract(shifted, Of(Rounder));
        var r = TSimd.MultiplyAdd(n, Of(-Ln2High), x);
        r = TSimd.MultiplyAdd(n, Of(-Ln2Low), r);

        // e^r = 1 + r + r^2 q(r)
        var q = TSimd.MultiplyAdd(Of(0.00139261835877f), r, Of(0.00836317905272f));
        q = TSimd.MultiplyAdd(q, r, Of(0.0416665546172f));
        q = TSimd.MultiplyAdd(q, r, Of(0.166665769897f));
        q = TSimd.MultiplyAdd(q, r, Of(0.5f));
        q = TSimd.MultiplyAdd(q, r, Of(1));
        q = TSimd.MultiplyAdd(q, r, Of(1));
        return TSimd.ScaleByPower(q, shifted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Of(float value) => TSimd.Create(value);
}

/// <summary>The same for single numbers, through the same code, so that a value does not depend on whether it stands in a tail.</summary>
internal static class VectorMath
{
    /// <inheritdoc cref="VectorMath{TSimd, TVector}.Exp"/>
    public static float Exp(float x) => VectorMath<Simd128, Vector128<float>>.Exp(Vector128.Create(x)).ToScalar();

    /// <inheritdoc cref="VectorMath{TSimd, TVector}.Erf"/>
    public static float Erf(float x) => VectorMath<Simd128, Vector128<float>>.Erf(Vector128.Create(x)).ToScalar();

    /// <inheritdoc cref="VectorMath{TSimd, TVector}.Activate"/>
    public static float Activate(float x, Activation activation) =>
        VectorMath<Simd128, Vector128<float>>.Activate(Vector128.Create(x), activation).ToScalar();
}
