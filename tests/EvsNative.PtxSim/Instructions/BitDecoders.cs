using System.Numerics;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of operations on bits.</summary>
internal static class BitDecoders
{
    public static PtxInstruction Logic<TOperation>(Decoding s)
        where TOperation : struct, IBinary<ulong, ulong>
    {
        TakeBits(s);
        return new BinaryInstruction<ulong, ulong, TOperation>(s.Destination(0), s.Source(1), s.Source(2));
    }

    public static PtxInstruction Not(Decoding s) => TakeBits(s) == PtxType.Pred
        ? new UnaryInstruction<ulong, ulong, NotPredicate>(s.Destination(0), s.Source(1))
        : new UnaryInstruction<ulong, ulong, Not>(s.Destination(0), s.Source(1));

    public static PtxInstruction ShiftLeft(Decoding s)
    {
        return s.TakeType().Bytes() switch
        {
            2 => Shift<ushort>(),
            4 => Shift<uint>(),
            8 => Shift<ulong>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Shift<T>()
            where T : unmanaged, IBinaryInteger<T> => new BinaryInstruction<T, T, ShiftLeft<T>>(s.Destination(0), s.Source(1), s.Source(2));
    }

    public static PtxInstruction ShiftRight(Decoding s)
    {
        return s.TakeType() switch
        {
            PtxType.S16 => Shift<short>(),
            PtxType.S32 => Shift<int>(),
            PtxType.S64 => Shift<long>(),
            PtxType.U16 or PtxType.B16 => Shift<ushort>(),
            PtxType.U32 or PtxType.B32 => Shift<uint>(),
            PtxType.U64 or PtxType.B64 => Shift<ulong>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Shift<T>()
            where T : unmanaged, IBinaryInteger<T> =>
            new BinaryInstruction<T, T, ShiftRight<T>>(s.Destination(0), s.Source(1), s.Source(2));
    }

    public static PtxInstruction CountBits(Decoding s) => s.TakeType() switch
    {
        PtxType.B32 => new UnaryInstruction<uint, uint, CountBits<uint>>(s.Destination(0), s.Source(1)),
        PtxType.B64 => new UnaryInstruction<ulong, uint, CountBits<ulong>>(s.Destination(0), s.Source(1)),
        _ => throw s.Unsupported(),
    };

    public static PtxInstruction CountLeadingZeros(Decoding s) => s.TakeType() switch
    {
        PtxType.B32 => new UnaryInstruction<uint, uint, CountLeadingZeros<uint>>(s.Destination(0), s.Source(1)),
        PtxType.B64 => new UnaryInstruction<ulong, uint, CountLeadingZeros<ulong>>(s.Destination(0), s.Source(1)),
        _ => throw s.Unsupported(),
    };

    public static PtxInstruction ReverseBits(Decoding s) => s.TakeType() switch
    {
        PtxType.B32 => new UnaryInstruction<uint, uint, ReverseBits<uint>>(s.Destination(0), s.Source(1)),
        PtxType.B64 => new UnaryInstruction<ulong, ulong, ReverseBits<ulong>>(s.Destination(0), s.Source(1)),
        _ => throw s.Unsupported(),
    };

    public static PtxInstruction Extract(Decoding s)
    {
        return s.TakeType() switch
        {
            PtxType.U32 => Field<uint>(),
            PtxType.S32 => Field<int>(),
            PtxType.U64 => Field<ulong>(),
            PtxType.S64 => Field<long>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Field<T>()
            where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
            new TernaryInstruction<T, T, ExtractBits<T>>(s.Destination(0), s.Source(1), s.Source(2), s.Source(3));
    }

    public static PtxInstruction Insert(Decoding s)
    {
        int width = s.TakeType() switch
        {
            PtxType.B32 => 32,
            PtxType.B64 => 64,
            _ => throw s.Unsupported(),
        };
        return new InsertBitsInstruction(s.Destination(0), s.Source(1), s.Source(2), s.Source(3), s.Source(4), width);
    }

    public static PtxInstruction Permute(Decoding s) => s.TakeType() == PtxType.B32
        ? new TernaryInstruction<uint, uint, Permute>(s.Destination(0), s.Source(1), s.Source(2), s.Source(3))
        : throw s.Unsupported();

    private static PtxType TakeBits(Decoding s) =>
        s.TakeType() is var type and (PtxType.Pred or PtxType.B16 or PtxType.B32 or PtxType.B64) ? type : throw s.Unsupported();
}
