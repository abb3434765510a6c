using System.Numerics;
using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Bits from a position on, so many, filled up with zeros or the sign.</summary>
internal readonly struct ExtractBits<T> : ITernary<T, T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Of(T a, T b, T c)
    {
        int width = (int)ShiftRight<T>.Width, position = int.CreateTruncating(b) & 255, length = int.CreateTruncating(c) & 255;
        bool isSigned = !T.IsZero(T.MinValue);
        if (length == 0) return T.Zero;

        // Behind the last bit comes the sign of the value.
        int last = Math.Min(position + length, width) - 1;
        bool sign = isSigned && !T.IsZero((a >> last) & T.One);
        var result = T.Zero;
        for (int bit = 0; bit < width; bit++)
        {
            bool isSet = bit < length && position + bit < width ? !T.IsZero((a >> (position + bit)) & T.One) : sign;
            if (isSet) result |= T.One << bit;
        }

        return result;
    }
}

/// <summary>Bits of the first put into the second: <c>bfi d, a, b, position, length</c>.</summary>
internal sealed unsafe class InsertBitsInstruction(Row destination, Row inserted, Row into, Row position, Row length, int width)
    : PtxInstruction
{
    internal override void Execute(Warp warp, uint mask)
    {
        ulong* d = warp.Values(destination), a = warp.Values(inserted), b = warp.Values(into), p = warp.Values(position),
            n = warp.Values(length);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask), at = (int)p[lane] & 255, count = Math.Min((int)n[lane] & 255, width - at);
            ulong field = count <= 0 ? 0 : (count == 64 ? ulong.MaxValue : (1ul << count) - 1) << at;
            d[lane] = (b[lane] & ~field) | (count <= 0 ? 0 : (a[lane] << at) & field);
        }
    }
}
