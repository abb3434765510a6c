using System.Numerics;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of <c>cvt</c>: from any number to any number.</summary>
internal static class ConversionDecoders
{
    public static PtxInstruction Convert(Decoding s)
    {
        var from = s.TakeType();
        var to = s.TakeType();
        if (to == PtxType.Tf32) return ToTf32(s, from);
        s.Ignore("ftz", "rn");
        string rounding = s.TakeOne("rni", "rzi", "rmi", "rpi");
        bool isSaturated = s.Take("sat");
        if (to is PtxType.F16X2 or PtxType.Bf16X2 or PtxType.Bf16 || from == PtxType.Bf16)
        {
            return rounding.Length > 0 || isSaturated ? throw s.Unsupported() : Sixteen(s, from, to);
        }

        return from switch
        {
            PtxType.F16 => FromFloat<Half>(s, to, rounding, isSaturated),
            PtxType.F32 => FromFloat<float>(s, to, rounding, isSaturated),
            PtxType.F64 => FromFloat<double>(s, to, rounding, isSaturated),
            _ when rounding.Length > 0 => throw s.Unsupported(),
            PtxType.S8 => To<sbyte>(s, to, isSaturated),
            PtxType.S16 => To<short>(s, to, isSaturated),
            PtxType.S32 => To<int>(s, to, isSaturated),
            PtxType.S64 => To<long>(s, to, isSaturated),
            PtxType.U8 => To<byte>(s, to, isSaturated),
            PtxType.U16 => To<ushort>(s, to, isSaturated),
            PtxType.U32 => To<uint>(s, to, isSaturated),
            PtxType.U64 => To<ulong>(s, to, isSaturated),
            _ => throw s.Unsupported(),
        };
    }

    /// <summary>Later architectures round by .rn and .rz, too.</summary>
    private static UnaryInstruction<uint, uint, ToTf32> ToTf32(Decoding s, PtxType from) => from == PtxType.F32 && s.Take("rna")
        ? new UnaryInstruction<uint, uint, ToTf32>(s.Destination(0), s.Source(1))
        : throw s.Unsupported();

    private static PtxInstruction Sixteen(Decoding s, PtxType from, PtxType to) => (from, to) switch
    {
        (PtxType.F32, PtxType.F16X2) => new BinaryInstruction<float, uint, ToHalves>(s.Destination(0), s.Source(1), s.Source(2)),
        (PtxType.F32, PtxType.Bf16X2) => new BinaryInstruction<float, uint, ToBf16Pair>(s.Destination(0), s.Source(1), s.Source(2)),
        (PtxType.F32, PtxType.Bf16) => new UnaryInstruction<float, ushort, ToBf16>(s.Destination(0), s.Source(1)),
        (PtxType.Bf16, PtxType.F32) => new UnaryInstruction<ushort, float, FromBf16>(s.Destination(0), s.Source(1)),
        _ => throw s.Unsupported(),
    };

    private static PtxInstruction FromFloat<T>(Decoding s, PtxType to, string rounding, bool isSaturated)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => rounding switch
        {
            "" when to.IsInteger() => throw s.Unsupported("a conversion to integers names its rounding"),
            "" => To<T>(s, to, isSaturated),
            "rni" => To<T, ToNearest>(s, to, isSaturated),
            "rzi" => To<T, TowardsZero>(s, to, isSaturated),
            "rmi" => To<T, Down>(s, to, isSaturated),
            _ => To<T, Up>(s, to, isSaturated),
        };

    private static PtxInstruction To<TIn>(Decoding s, PtxType to, bool isSaturated)
        where TIn : unmanaged, INumber<TIn>
    {
        return to switch
        {
            PtxType.F16 => Of<Half>(),
            PtxType.F32 => Of<float>(),
            PtxType.F64 => Of<double>(),
            PtxType.S8 => Of<sbyte>(),
            PtxType.S16 => Of<short>(),
            PtxType.S32 => Of<int>(),
            PtxType.S64 => Of<long>(),
            PtxType.U8 => Of<byte>(),
            PtxType.U16 => Of<ushort>(),
            PtxType.U32 => Of<uint>(),
            PtxType.U64 => Of<ulong>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Of<TOut>()
            where TOut : unmanaged, INumber<TOut>
        {
            var (d, a) = (s.Destination(0), s.Source(1));
            if (!isSaturated) return new UnaryInstruction<TIn, TOut, Convert<TIn, TOut>>(d, a);
            return to.IsFloat()
                ? new UnaryInstruction<TIn, TOut, ConvertClamping<TIn, TOut>>(d, a)
                : new UnaryInstruction<TIn, TOut, ConvertSaturating<TIn, TOut>>(d, a);
        }
    }

    private static PtxInstruction To<TIn, TRounding>(Decoding s, PtxType to, bool isSaturated)
        where TIn : unmanaged, IBinaryFloatingPointIeee754<TIn>
        where TRounding : struct, IFloatUnary
    {
        return to switch
        {
            PtxType.F16 => Float<Half>(),
            PtxType.F32 => Float<float>(),
            PtxType.F64 => Float<double>(),
            PtxType.S8 => Integer<sbyte>(),
            PtxType.S16 => Integer<short>(),
            PtxType.S32 => Integer<int>(),
            PtxType.S64 => Integer<long>(),
            PtxType.U8 => Integer<byte>(),
            PtxType.U16 => Integer<ushort>(),
            PtxType.U32 => Integer<uint>(),
            PtxType.U64 => Integer<ulong>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Float<TOut>()
            where TOut : unmanaged, INumber<TOut> => isSaturated ? Of<TOut, ConvertClamping<TIn, TOut>>() : Of<TOut, Convert<TIn, TOut>>();

        PtxInstruction Integer<TOut>()
            where TOut : unmanaged, INumber<TOut> => Of<TOut, ConvertSaturating<TIn, TOut>>();

        PtxInstruction Of<TOut, TConversion>()
            where TOut : unmanaged
            where TConversion : struct, IUnary<TIn, TOut> =>
            new UnaryInstruction<TIn, TOut, Rounded<TIn, TOut, TRounding, TConversion>>(s.Destination(0), s.Source(1));
    }
}
