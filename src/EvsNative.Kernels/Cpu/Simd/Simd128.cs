using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EvsNative.Kernels.Cpu;

/// <summary>
/// Arm64 AdvSimd with its 32 registers, 6 x 4 sums and panels of 16 columns; SSE with 16 registers, 6 x 2 and 8; and processors without
/// vectors.
/// </summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    // A half without its sign, moved to the place of a float's exponent and mantissa, lacks 112 in the exponent. A subnormal half has no
    // exponent to add to; 2^-14 in its place is taken away again, which is exact. That of infinity and NaN lacks 112 twice.
    private const uint HalfSign = 0x80000000, HalfRest = 0x0FFFE000, HalfExponent = 0x0F800000, HalfOne = 0x00800000, Rebias = 112u << 23;
    private const float SmallestNormalHalf = 1f / 16384;

    public static int Count => 4;

    public static int TileVectors => AdvSimd.IsSupported ? 4 : 2;

    public static int LongestSegment => 352;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> v, float* to) => v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float* from) => Vector128.Create(*from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Abs(Vector128<float> v) => Vector128.Abs(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> CopySign(Vector128<float> value, Vector128<float> sign) => Vector128.CopySign(value, sign);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> SelectLessOrEqual(
        Vector128<float> a, Vector128<float> b, Vector128<float> then, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThanOrEqual(a, b), then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ScaleByPower(Vector128<float> value, Vector128<float> n) =>
        (value.AsInt32() + (n.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float First(Vector128<float> v) => v.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> v) => Vector128.Sum(v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreLessOrEqual(Vector128<float> a, Vector128<float> b) => Vector128.LessThanOrEqualAll(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadHalves(ushort* from)
    {
        var bits = (Vector128.WidenLower(Vector64.Load((short*)from).ToVector128Unsafe()) << 13).AsUInt32();
        var v = ((bits & Vector128.Create(HalfSign | HalfRest)) + Vector128.Create(Rebias)).AsSingle();

        // The next exponent is at most one for the smallest, that of subnormal numbers, and the largest, that of infinity and NaN.
        var next = (bits + Vector128.Create(HalfOne)) & Vector128.Create(HalfExponent - HalfOne);
        if (!Vector128.EqualsAny(next, Vector128<uint>.Zero)) return v;
        var exponent = bits & Vector128.Create(HalfExponent);
        var exact = Vector128.CopySign(Vector128.Abs(v + v) - Vector128.Create(SmallestNormalHalf), v);
        v = Vector128.ConditionalSelect(Vector128.Equals(exponent, Vector128<uint>.Zero).AsSingle(), exact, v);
        var isSpecial = Vector128.Equals(exponent, Vector128.Create(HalfExponent));
        return (v.AsUInt32() + (isSpecial & Vector128.Create(Rebias))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LoadBrains(ushort* from) =>
        (Vector128.WidenLower(Vector64.Load(from).ToVector128Unsafe()) << 16).AsSingle();
}
