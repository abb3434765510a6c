using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EvsNative.Kernels.Cpu;

/// <summary>AVX-512: 32 registers, 6 x 4 sums; panels of 64 columns.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    // A half without its sign, moved to the place of a float's exponent and mantissa, lacks 112 in the exponent. A subnormal half has no
    // exponent to add to; 2^-14 in its place is taken away again, which is exact. That of infinity and NaN lacks 112 twice.
    private const uint HalfSign = 0x80000000, HalfRest = 0x0FFFE000, HalfExponent = 0x0F800000, HalfOne = 0x00800000, Rebias = 112u << 23;
    private const float SmallestNormalHalf = 1f / 16384;

    public static int Count => 16;

    public static int TileVectors => 4;

    public static int LongestSegment => 112;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> v, float* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float* from) => Vector512.Create(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Abs(Vector512<float> v) => Vector512.Abs(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> CopySign(Vector512<float> value, Vector512<float> sign) => Vector512.CopySign(value, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SelectLessOrEqual(
        Vector512<float> a, Vector512<float> b, Vector512<float> then, Vector512<float> otherwise) =>
        Vector512.ConditionalSelect(Vector512.LessThanOrEqual(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ScaleByPower(Vector512<float> value, Vector512<float> n) =>
        (value.AsInt32() + (n.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Vector512<float> v) => v.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> v) => Simd256.Sum(v.GetLower() + v.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreLessOrEqual(Vector512<float> a, Vector512<float> b) => Vector512.LessThanOrEqualAll(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadHalves(ushort* from)
    {
        var bits = (Vector512.WidenLower(Vector256.Load((short*)from).ToVector512Unsafe()) << 13).AsUInt32();
        var v = ((bits & Vector512.Create(HalfSign | HalfRest)) + Vector512.Create(Rebias)).AsSingle();

        // The next exponent is at most one for the smallest, that of subnormal numbers, and the largest, that of infinity and NaN.
        var next = (bits + Vector512.Create(HalfOne)) & Vector512.Create(HalfExponent - HalfOne);
        if (!Vector512.EqualsAny(next, Vector512<uint>.Zero)) return v;
        var exponent = bits & Vector512.Create(HalfExponent);
        var exact = Vector512.CopySign(Vector512.Abs(v + v) - Vector512.Create(SmallestNormalHalf), v);
        v = Vector512.ConditionalSelect(Vector512.Equals(exponent, Vector512<uint>.Zero).AsSingle(), exact, v);
        var isSpecial = Vector512.Equals(exponent, Vector512.Create(HalfExponent));
        return (v.AsUInt32() + (isSpecial & Vector512.Create(Rebias))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadBrains(ushort* from) =>
        (Vector512.WidenLower(Vector256.Load(from).ToVector512Unsafe()) << 16).AsSingle();
}
