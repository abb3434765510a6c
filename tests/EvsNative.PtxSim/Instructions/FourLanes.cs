using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EvsNative.PtxSim.Instructions;

/// <summary>
/// The commonest operations for four lanes at once, with the results that <see cref="IBinary{TIn, TOut}"/> and its like give for one. Which
/// operation it is, is known when the code is compiled, so that nothing is left of the choice.
/// </summary>
internal static unsafe class FourLanes
{
    private const int Lanes = 4;

    private static Vector256<ulong> Low => Vector256.Create((ulong)uint.MaxValue);

    /// <summary>Computes the lanes of a mask; false, and nothing done, for an operation that is not here.</summary>
    /// <param name="d">where the results go: 32 lanes, those outside of the mask stay</param>
    /// <param name="a">32 lanes</param>
    /// <param name="mask">the lanes that take part</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryUnary<TOperation>(ulong* d, ulong* a, uint mask)
    {
        if (typeof(TOperation) != typeof(ToTf32)) return false;
        for (int lane = 0; lane < 32; lane += Lanes) Store(d + lane, Tf32(Vector256.Load(a + lane)), mask >> lane);
        return true;
    }

    /// <inheritdoc cref="TryUnary"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryBinary<TOperation>(ulong* d, ulong* a, ulong* b, uint mask)
    {
        if (!IsHere<TOperation>()) return false;
        for (int lane = 0; lane < 32; lane += Lanes)
            Store(d + lane, Of<TOperation>(Vector256.Load(a + lane), Vector256.Load(b + lane)), mask >> lane);
        return true;
    }

    /// <inheritdoc cref="TryUnary"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryTernary<TOperation>(ulong* d, ulong* a, ulong* b, ulong* c, uint mask)
    {
        if (!IsTernaryHere<TOperation>()) return false;
        for (int lane = 0; lane < 32; lane += Lanes)
        {
            var result = Of<TOperation>(Vector256.Load(a + lane), Vector256.Load(b + lane), Vector256.Load(c + lane));
            Store(d + lane, result, mask >> lane);
        }

        return true;
    }

    /// <summary>A relation of integers; a result is 1 where it holds, else 0.</summary>
    /// <inheritdoc cref="TryUnary"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryCompare<T, TRelation>(ulong* d, ulong* a, ulong* b, uint mask)
    {
        bool isHere = typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong);
        if (!isHere || !IsRelationHere<TRelation>()) return false;
        for (int lane = 0; lane < 32; lane += Lanes)
        {
            Vector256<long> left = Ordered<T>(Vector256.Load(a + lane)), right = Ordered<T>(Vector256.Load(b + lane));
            Store(d + lane, Holds<TRelation>(left, right).AsUInt64() & Vector256.Create(1ul), mask >> lane);
        }

        return true;
    }

    /// <summary>Stores the lanes whose bits are set in the lowest four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ulong* d, Vector256<ulong> values, uint bits)
    {
        if ((bits & 15) == 15)
        {
            values.Store(d);
            return;
        }

        var each = Vector256.Create(1ul, 2, 4, 8);
        var isIn = Vector256.Equals(Vector256.Create((ulong)bits) & each, each);
        Vector256.ConditionalSelect(isIn, values, Vector256.Load(d)).Store(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsHere<TOperation>() =>
        typeof(TOperation) == typeof(ForNumbers<int, Add>) || typeof(TOperation) == typeof(ForNumbers<int, Subtract>)
        || typeof(TOperation) == typeof(ForNumbers<int, Multiply>) || typeof(TOperation) == typeof(ForNumbers<uint, Add>)
        || typeof(TOperation) == typeof(ForNumbers<uint, Subtract>) || typeof(TOperation) == typeof(ForNumbers<uint, Multiply>)
        || typeof(TOperation) == typeof(ForNumbers<long, Add>) || typeof(TOperation) == typeof(ForNumbers<long, Subtract>)
        || typeof(TOperation) == typeof(ForNumbers<ulong, Add>) || typeof(TOperation) == typeof(ForNumbers<ulong, Subtract>)
        || typeof(TOperation) == typeof(ForNumbers<ulong, Multiply>) || typeof(TOperation) == typeof(ForNumbers<float, Add>)
        || typeof(TOperation) == typeof(ForNumbers<float, Subtract>) || typeof(TOperation) == typeof(ForNumbers<float, Multiply>)
        || typeof(TOperation) == typeof(And) || typeof(TOperation) == typeof(Or) || typeof(TOperation) == typeof(Xor)
        || typeof(TOperation) == typeof(MultiplyWide<uint, ulong>) || typeof(TOperation) == typeof(MultiplyWide<int, long>)
        || (Avx2.IsSupported && (typeof(TOperation) == typeof(ShiftLeft<uint>) || typeof(TOperation) == typeof(ShiftRight<uint>)
            || typeof(TOperation) == typeof(ShiftRight<int>)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsRelationHere<TRelation>() =>
        typeof(TRelation) == typeof(Equal) || typeof(TRelation) == typeof(Different) || typeof(TRelation) == typeof(Less)
        || typeof(TRelation) == typeof(LessOrEqual) || typeof(TRelation) == typeof(Exchanged<Less>)
        || typeof(TRelation) == typeof(Exchanged<LessOrEqual>);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Holds<TRelation>(Vector256<long> a, Vector256<long> b)
    {
        if (typeof(TRelation) == typeof(Equal)) return Vector256.Equals(a, b);
        if (typeof(TRelation) == typeof(Different)) return ~Vector256.Equals(a, b);
        if (typeof(TRelation) == typeof(Less)) return Vector256.GreaterThan(b, a);
        if (typeof(TRelation) == typeof(LessOrEqual)) return ~Vector256.GreaterThan(a, b);
        return typeof(TRelation) == typeof(Exchanged<Less>) ? Vector256.GreaterThan(a, b) : ~Vector256.GreaterThan(b, a);
    }

    /// <summary>Integers as numbers with a sign, in the same order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Ordered<T>(Vector256<ulong> values)
    {
        if (typeof(T) == typeof(int)) return Signed(values).AsInt64();
        if (typeof(T) == typeof(uint)) return (values & Low).AsInt64();
        return typeof(T) == typeof(long) ? values.AsInt64() : (values ^ Vector256.Create(1ul << 63)).AsInt64();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsTernaryHere<TOperation>() =>
        typeof(TOperation) == typeof(MultiplyAdd<float>) || typeof(TOperation) == typeof(Select)
        || typeof(TOperation) == typeof(PlusThird<uint, ulong, MultiplyWide<uint, ulong>>)
        || typeof(TOperation) == typeof(PlusThird<int, long, MultiplyWide<int, long>>)
        || typeof(TOperation) == typeof(PlusThird<uint, uint, ForNumbers<uint, Multiply>>)
        || typeof(TOperation) == typeof(PlusThird<ulong, ulong, ForNumbers<ulong, Multiply>>);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Of<TOperation>(Vector256<ulong> a, Vector256<ulong> b)
    {
        if (typeof(TOperation) == typeof(ForNumbers<int, Add>)) return Signed(a + b);
        if (typeof(TOperation) == typeof(ForNumbers<int, Subtract>)) return Signed(a - b);
        if (typeof(TOperation) == typeof(ForNumbers<int, Multiply>)) return Signed((a.AsUInt32() * b.AsUInt32()).AsUInt64());
        if (typeof(TOperation) == typeof(ForNumbers<uint, Add>)) return (a + b) & Low;
        if (typeof(TOperation) == typeof(ForNumbers<uint, Subtract>)) return (a - b) & Low;
        if (typeof(TOperation) == typeof(ForNumbers<uint, Multiply>)) return (a.AsUInt32() * b.AsUInt32()).AsUInt64() & Low;
        if (typeof(TOperation) == typeof(ForNumbers<long, Add>) || typeof(TOperation) == typeof(ForNumbers<ulong, Add>)) return a + b;
        if (typeof(TOperation) == typeof(ForNumbers<long, Subtract>) || typeof(TOperation) == typeof(ForNumbers<ulong, Subtract>))
            return a - b;
        if (typeof(TOperation) == typeof(ForNumbers<ulong, Multiply>)) return a * b;
        if (typeof(TOperation) == typeof(ForNumbers<float, Add>)) return (a.AsSingle() + b.AsSingle()).AsUInt64() & Low;
        if (typeof(TOperation) == typeof(ForNumbers<float, Subtract>)) return (a.AsSingle() - b.AsSingle()).AsUInt64() & Low;
        if (typeof(TOperation) == typeof(ForNumbers<float, Multiply>)) return (a.AsSingle() * b.AsSingle()).AsUInt64() & Low;
        if (typeof(TOperation) == typeof(And)) return a & b;
        if (typeof(TOperation) == typeof(Or)) return a | b;
        if (typeof(TOperation) == typeof(Xor)) return a ^ b;
        if (typeof(TOperation) == typeof(MultiplyWide<uint, ulong>)) return Wide(a, b);
        if (typeof(TOperation) == typeof(MultiplyWide<int, long>)) return SignedWide(a, b);
        if (typeof(TOperation) == typeof(ShiftLeft<uint>)) return Avx2.ShiftLeftLogicalVariable(a & Low, b & Low) & Low;
        if (typeof(TOperation) == typeof(ShiftRight<uint>)) return Avx2.ShiftRightLogicalVariable(a & Low, b & Low);
        return Signed(Avx2.ShiftRightArithmeticVariable(a.AsInt32(), b.AsUInt32()).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Of<TOperation>(Vector256<ulong> a, Vector256<ulong> b, Vector256<ulong> c)
    {
        if (typeof(TOperation) == typeof(MultiplyAdd<float>))
            return Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsUInt64() & Low;
        if (typeof(TOperation) == typeof(Select)) return Vector256.ConditionalSelect(Vector256.Equals(c, Vector256<ulong>.Zero), b, a);
        if (typeof(TOperation) == typeof(PlusThird<uint, ulong, MultiplyWide<uint, ulong>>)) return Wide(a, b) + c;
        if (typeof(TOperation) == typeof(PlusThird<int, long, MultiplyWide<int, long>>)) return SignedWide(a, b) + c;
        return typeof(TOperation) == typeof(PlusThird<uint, uint, ForNumbers<uint, Multiply>>)
            ? ((a.AsUInt32() * b.AsUInt32()).AsUInt64() + c) & Low
            : (a * b) + c;
    }

    /// <summary>The lower 32 bits, filled up with their sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Signed(Vector256<ulong> values)
    {
        var low = values & Low;
        var sign = Vector256.Create(0x80000000ul);
        return (low ^ sign) - sign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Wide(Vector256<ulong> a, Vector256<ulong> b) =>
        Avx2.IsSupported ? Avx2.Multiply(a.AsUInt32(), b.AsUInt32()) : (a & Low) * (b & Low);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> SignedWide(Vector256<ulong> a, Vector256<ulong> b) =>
        Avx2.IsSupported ? Avx2.Multiply(a.AsInt32(), b.AsInt32()).AsUInt64() : Signed(a) * Signed(b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Tf32(Vector256<ulong> values)
    {
        // As ToTf32.
        var a = values & Low;
        var magnitude = a & Vector256.Create(0x7ffffffful);
        var rounded = (a + Vector256.Create(0x1000ul)) & Vector256.Create(0xffffe000ul);
        rounded = Vector256.ConditionalSelect(Vector256.Equals(magnitude, Vector256.Create(0x7f800000ul)), a, rounded);
        return Vector256.ConditionalSelect(
            Vector256.GreaterThan(magnitude.AsInt64(), Vector256.Create(0x7f800000L)).AsUInt64(), Vector256.Create(0x7ffffffful), rounded);
    }
}
