using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Cpu;

/// <summary>
/// Elementary functions on eight floats. The scalar forms go through the same code, so that a value does not depend on whether it stands
/// in a tail. The coefficients are our own fits: Chebyshev interpolation for exp, a reweighted rational least-squares fit for erf.
/// </summary>
internal static class VectorMath
{
    // ln 2 in two parts; the first has 15 bits, so that its product with any exponent is exact.
    private const float Ln2High = 0.693145751953125f;
    private const float Ln2Low = 1.42860682030942e-6f;
    private const float Log2E = 1.44269504089f;

    // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
    private const float Rounder = 12582912f;

    // Beyond these exp leaves the range of normal float32 numbers.
    private const float ExpLowest = -87.33654f;
    private const float ExpHighest = 88.72283f;

    // erf is 1 in float32 from here on.
    private const float ErfSaturates = 3.93f;

    private const float InverseRoot2 = 0.70710678118654752f;

    /// <summary>e^x within 2 units in the last place; 0 where it would be subnormal (x below -87.34), infinity above 88.72, NaN for NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        // x = n ln 2 + r, |r| <= ln 2 / 2
        var shifted = Vector256.MultiplyAddEstimate(x, Vector256.Create(Log2E), Vector256.Create(Rounder));
        var n = shifted - Vector256.Create(Rounder);
        var r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2High), x);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2Low), r);

        // e^r = 1 + r + r^2 q(r)
        var q = Vector256.MultiplyAddEstimate(Vector256.Create(0.00139261835877f), r, Vector256.Create(0.00836317905272f));
        q = Vector256.MultiplyAddEstimate(q, r, Vector256.Create(0.0416665546172f));
        q = Vector256.MultiplyAddEstimate(q, r, Vector256.Create(0.166665769897f));
        q = Vector256.MultiplyAddEstimate(q, r, Vector256.Create(0.5f));
        q = Vector256.MultiplyAddEstimate(q, r, Vector256<float>.One);
        q = Vector256.MultiplyAddEstimate(q, r, Vector256<float>.One);

        // times 2^n, by adding n to the exponent's bits
        var y = (q.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
        y = Vector256.ConditionalSelect(Vector256.LessThanOrEqual(x, Vector256.Create(ExpHighest)), y, x + Vector256.Create(float.PositiveInfinity));
        return Vector256.AndNot(y, Vector256.LessThan(x, Vector256.Create(ExpLowest)));
    }

    /// <summary>1 / (1 + e^-x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Exp(-x));

    /// <summary>The error function within 4e-7, 0.7e-7 in the root mean square.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Erf(Vector256<float> x)
    {
        // erf(x) = x p(x^2) / q(x^2); all coefficients are positive, so nothing cancels
        var t = x * x;
        var p = Vector256.MultiplyAddEstimate(Vector256.Create(2.042181955e-6f), t, Vector256.Create(0.000284760505f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(0.003777837802f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(0.05278483032f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(0.1907439544f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(1.128379146f));
        var q = Vector256.MultiplyAddEstimate(Vector256.Create(3.80037145e-5f), t, Vector256.Create(0.00116476676f));
        q = Vector256.MultiplyAddEstimate(q, t, Vector256.Create(0.01499390853f));
        q = Vector256.MultiplyAddEstimate(q, t, Vector256.Create(0.1142408771f));
        q = Vector256.MultiplyAddEstimate(q, t, Vector256.Create(0.5023751553f));
        q = Vector256.MultiplyAddEstimate(q, t, Vector256<float>.One);
        var saturated = Vector256.GreaterThan(Vector256.Abs(x), Vector256.Create(ErfSaturates));
        return Vector256.ConditionalSelect(saturated, Vector256.CopySign(Vector256<float>.One, x), x * p / q);
    }

    /// <summary>The models' non-linearities; see <see cref="Activation"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Activate(Vector256<float> x, Activation activation) => activation switch
    {
        Activation.Silu => Silu(x),
        Activation.QuickGelu => QuickGelu(x),
        Activation.Gelu => Gelu(x),
        _ => x,
    };

    /// <summary>x sigmoid(x)</summary>
    public static Vector256<float> Silu(Vector256<float> x) => x * Sigmoid(x);

    /// <summary>x sigmoid(1.702 x)</summary>
    public static Vector256<float> QuickGelu(Vector256<float> x) => x * Sigmoid(x * 1.702f);

    /// <summary>0.5 x (1 + erf(x / sqrt 2))</summary>
    public static Vector256<float> Gelu(Vector256<float> x) => x * 0.5f * (Vector256<float>.One + Erf(x * InverseRoot2));

    /// <inheritdoc cref="Exp(Vector256{float})"/>
    public static float Exp(float x) => Exp(Vector256.Create(x)).ToScalar();

    /// <inheritdoc cref="Erf(Vector256{float})"/>
    public static float Erf(float x) => Erf(Vector256.Create(x)).ToScalar();

    /// <inheritdoc cref="Activate(Vector256{float}, Activation)"/>
    public static float Activate(float x, Activation activation) => Activate(Vector256.Create(x), activation).ToScalar();
}
