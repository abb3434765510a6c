using System.Numerics;

namespace EvsNative.PtxSim.Instructions;

/// <summary>The whole product: twice as many bits.</summary>
internal readonly struct MultiplyWide<TIn, TOut> : IBinary<TIn, TOut>
    where TIn : unmanaged, INumber<TIn>
    where TOut : unmanaged, INumber<TOut>
{
    public static TOut Of(TIn a, TIn b) => TOut.CreateTruncating(a) * TOut.CreateTruncating(b);
}

/// <summary>The upper half of the product.</summary>
internal readonly struct MultiplyHigh<T, TWide> : IBinary<T, T>
    where T : unmanaged, IBinaryInteger<T>
    where TWide : unmanaged, IBinaryInteger<TWide>
{
    public static unsafe T Of(T a, T b) => T.CreateTruncating((TWide.CreateTruncating(a) * TWide.CreateTruncating(b)) >> (sizeof(T) * 8));
}

/// <summary>A product plus the third.</summary>
internal readonly struct PlusThird<TIn, TOut, TProduct> : ITernary<TIn, TOut>
    where TOut : unmanaged, INumber<TOut>
    where TProduct : struct, IBinary<TIn, TOut>
{
    public static TOut Of(TIn a, TIn b, TOut c) => TProduct.Of(a, b) + c;
}

/// <summary>Bits in both.</summary>
internal readonly struct And : IBinary<ulong, ulong>
{
    public static ulong Of(ulong a, ulong b) => a & b;
}

/// <summary>Bits in one or both.</summary>
internal readonly struct Or : IBinary<ulong, ulong>
{
    public static ulong Of(ulong a, ulong b) => a | b;
}

/// <summary>Bits in one of them.</summary>
internal readonly struct Xor : IBinary<ulong, ulong>
{
    public static ulong Of(ulong a, ulong b) => a ^ b;
}

/// <summary>The other bits.</summary>
internal readonly struct Not : IUnary<ulong, ulong>
{
    public static ulong Of(ulong a) => ~a;
}

/// <summary>The other truth value.</summary>
internal readonly struct NotPredicate : IUnary<ulong, ulong>
{
    public static ulong Of(ulong a) => a ^ 1;
}

/// <summary>Bits to the left; all of them gone from the width on.</summary>
internal readonly struct ShiftLeft<T> : IBinary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Of(T a, T b) => uint.CreateTruncating(b) is var by && by < ShiftRight<T>.Width ? a << (int)by : T.Zero;
}

/// <summary>Bits to the right, with the sign if there is one.</summary>
internal readonly struct ShiftRight<T> : IBinary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static unsafe uint Width => (uint)sizeof(T) * 8;

    public static T Of(T a, T b)
    {
        uint by = uint.CreateTruncating(b);
        if (by < Width) return a >> (int)by;
        return T.IsNegative(a) ? T.Zero - T.One : T.Zero;
    }
}

/// <summary>Number of bits set.</summary>
internal readonly struct CountBits<T> : IUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Of(T a) => uint.CreateTruncating(T.PopCount(a));
}

/// <summary>Number of zeros before the first bit.</summary>
internal readonly struct CountLeadingZeros<T> : IUnary<T, uint>
    where T : unmanaged, IBinaryInteger<T>
{
    public static uint Of(T a) => uint.CreateTruncating(T.LeadingZeroCount(a));
}

/// <summary>Bits from right to left.</summary>
internal readonly struct ReverseBits<T> : IUnary<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Of(T a)
    {
        var reversed = T.Zero;
        for (uint bit = 0; bit < ShiftRight<T>.Width; bit++) reversed = (reversed << 1) | ((a >> (int)bit) & T.One);
        return reversed;
    }
}

/// <summary>Bytes of two words chosen by the third: a selector of four bits for each, the last of them asking for the sign.</summary>
internal readonly struct Permute : ITernary<uint, uint>
{
    public static uint Of(uint a, uint b, uint c)
    {
        ulong both = ((ulong)b << 32) | a;
        uint result = 0;
        for (int i = 0; i < 4; i++)
        {
            uint selector = (c >> (i * 4)) & 15, value = (uint)(both >> (int)((selector & 7) * 8)) & 255;
            if ((selector & 8) != 0) value = (value & 128) != 0 ? 255u : 0;
            result |= value << (i * 8);
        }

        return result;
    }
}

/// <summary>The first if the third is true, else the second.</summary>
internal readonly struct Select : ITernary<ulong, ulong>
{
    public static ulong Of(ulong a, ulong b, ulong c) => c != 0 ? a : b;
}
