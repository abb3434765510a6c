using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Cpu;

/// <summary>AVX2: 16 registers, 6 x 2 sums; panels of 16 columns.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    // A half without its sign, moved to the place of a float's exponent and mantissa, lacks 112 in the exponent. A subnormal half has no
    // exponent to add to; 2^-14 in its place is taken away again, which is exact. That of infinity and NaN lacks 112 twice.
    private const uint HalfSign = 0x80000000, HalfRest = 0x0FFFE000, HalfExponent = 0x0F800000, HalfOne = 0x00800000, Rebias = 112u << 23;
    private const float SmallestNormalHalf = 1f / 16384;

    public static int Count => 8;

    public static int TileVectors => 2;

    public static int LongestSegment => 352;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> v, float* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float* from) => Vector256.Create(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Create(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Abs(Vector256<float> v) => Vector256.Abs(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> CopySign(Vector256<float> value, Vector256<float> sign) => Vector256.CopySign(value, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> SelectLessOrEqual(
        Vector256<float> a, Vector256<float> b, Vector256<float> then, Vector256<float> otherwise) =>
        Vector256.ConditionalSelect(Vector256.LessThanOrEqual(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ScaleByPower(Vector256<float> value, Vector256<float> n) =>
        (value.AsInt32() + (n.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Vector256<float> v) => v.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> v) => Simd128.Sum(v.GetLower() + v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreLessOrEqual(Vector256<float> a, Vector256<float> b) => Vector256.LessThanOrEqualAll(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadHalves(ushort* from)
    {
        var bits = (Vector256.WidenLower(Vector128.Load((short*)from).ToVector256Unsafe()) << 13).AsUInt32();
        var v = ((bits & Vector256.Create(HalfSign | HalfRest)) + Vector256.Create(Rebias)).AsSingle();

        // The next exponent is at most one for the smallest, that of subnormal numbers, and the largest, that of infinity and NaN.
        var next = (bits + Vector256.Create(HalfOne)) & Vector256.Create(HalfExponent - HalfOne);
        if (!Vector256.EqualsAny(next, Vector256<uint>.Zero)) return v;
        var exponent = bits & Vector256.Create(HalfExponent);
        var exact = Vector256.CopySign(Vector256.Abs(v + v) - Vector256.Create(SmallestNormalHalf), v);
        v = Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256<uint>.Zero).AsSingle(), exact, v);
        var isSpecial = Vector256.Equals(exponent, Vector256.Create(HalfExponent));
        return (v.AsUInt32() + (isSpecial & Vector256.Create(Rebias))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LoadBrains(ushort* from) =>
        (Vector256.WidenLower(Vector128.Load(from).ToVector256Unsafe()) << 16).AsSingle();
}
