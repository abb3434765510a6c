using System.Numerics;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of arithmetic. Rounding is to nearest everywhere, and approximations are exact.</summary>
internal static class ArithmeticDecoders
{
    public static PtxInstruction Binary<TOperation>(Decoding s)
        where TOperation : struct, INumberBinary
    {
        IgnoreAccuracy(s);
        bool isSaturated = s.Take("sat"), isFlushed = s.Take("ftz");
        var type = s.TakeType();
        var (d, a, b) = (s.Destination(0), s.Source(1), s.Source(2));
        if (!isSaturated && !isFlushed) return ForNumbers<TOperation>(s, type, d, a, b);
        if (type != PtxType.F32) throw s.Unsupported();
        return (isSaturated, isFlushed) switch
        {
            (true, false) => new BinaryInstruction<float, float, Saturated<ForNumbers<float, TOperation>>>(d, a, b),
            (false, _) => new BinaryInstruction<float, float, FlushedOfTwo<ForNumbers<float, TOperation>>>(d, a, b),
            _ => new BinaryInstruction<float, float, FlushedOfTwo<Saturated<ForNumbers<float, TOperation>>>>(d, a, b),
        };
    }

    public static PtxInstruction Extreme<TOperation, TOrNaN>(Decoding s)
        where TOperation : struct, INumberBinary
        where TOrNaN : struct, INumberBinary => s.Take("NaN") ? Binary<TOrNaN>(s) : Binary<TOperation>(s);

    /// <summary>In PTX the sign comes first.</summary>
    public static PtxInstruction CopySign(Decoding s)
    {
        var type = s.TakeType();
        return type.IsFloat() ? ForNumbers<SizeWithSign>(s, type, s.Destination(0), s.Source(2), s.Source(1)) : throw s.Unsupported();
    }

    public static PtxInstruction Unary<TOperation>(Decoding s)
        where TOperation : struct, INumberUnary
    {
        bool isFlushed = s.Take("ftz");
        var type = s.TakeType();
        var (d, a) = (s.Destination(0), s.Source(1));
        if (isFlushed && type != PtxType.F32) throw s.Unsupported();
        return type switch
        {
            PtxType.F32 when isFlushed => new UnaryInstruction<float, float, Flushed<ForNumber<float, TOperation>>>(d, a),
            PtxType.F16 => Number<Half>(),
            PtxType.F16X2 => new UnaryInstruction<uint, uint, ForPair<ForNumber<Half, TOperation>>>(d, a),
            PtxType.F32 => Number<float>(),
            PtxType.F64 => Number<double>(),
            PtxType.S16 => Number<short>(),
            PtxType.S32 => Number<int>(),
            PtxType.S64 => Number<long>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Number<T>()
            where T : unmanaged, INumber<T> => new UnaryInstruction<T, T, ForNumber<T, TOperation>>(d, a);
    }

    public static PtxInstruction Float<TOperation>(Decoding s)
        where TOperation : struct, IFloatUnary
    {
        IgnoreAccuracy(s);
        bool isFlushed = s.Take("ftz");
        var type = s.TakeType();
        var (d, a) = (s.Destination(0), s.Source(1));
        if (isFlushed && type != PtxType.F32) throw s.Unsupported();
        return type switch
        {
            PtxType.F32 when isFlushed => new UnaryInstruction<float, float, Flushed<ForFloat<float, TOperation>>>(d, a),
            PtxType.F16 => new UnaryInstruction<Half, Half, ForFloat<Half, TOperation>>(d, a),
            PtxType.F16X2 => new UnaryInstruction<uint, uint, ForPair<ForFloat<Half, TOperation>>>(d, a),
            PtxType.F32 => new UnaryInstruction<float, float, ForFloat<float, TOperation>>(d, a),
            PtxType.F64 => new UnaryInstruction<double, double, ForFloat<double, TOperation>>(d, a),
            _ => throw s.Unsupported(),
        };
    }

    public static PtxInstruction Multiply(Decoding s) => s.TakeOne("hi", "wide", "lo") switch
    {
        "hi" => Product(s, isHigh: true, hasThird: false),
        "wide" => Product(s, isHigh: false, hasThird: false),
        _ => Binary<Multiply>(s),
    };

    public static PtxInstruction MultiplyAdd(Decoding s)
    {
        string half = s.TakeOne("lo", "hi", "wide");
        if (half.Length == 0) return FusedMultiplyAdd(s);
        return half != "lo" ? Product(s, half == "hi", hasThird: true) : s.TakeType() switch
        {
            PtxType.U16 or PtxType.S16 => Sum<ushort>(),
            PtxType.U32 or PtxType.S32 => Sum<uint>(),
            PtxType.U64 or PtxType.S64 => Sum<ulong>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Sum<T>()
            where T : unmanaged, INumber<T> => Three<T, T, PlusThird<T, T, ForNumbers<T, Multiply>>>(s);
    }

    public static PtxInstruction FusedMultiplyAdd(Decoding s)
    {
        IgnoreAccuracy(s);
        if (s.Take("ftz"))
            return s.TakeType() == PtxType.F32 ? Three<float, float, FlushedOfThree<MultiplyAdd<float>>>(s) : throw s.Unsupported();
        if (s.Take("sat"))
            return s.TakeType() == PtxType.F32 ? Three<float, float, SaturatedOfThree<MultiplyAdd<float>>>(s) : throw s.Unsupported();
        return s.TakeType() switch
        {
            PtxType.F16 => Three<Half, Half, MultiplyAdd<Half>>(s),
            PtxType.F16X2 => Three<uint, uint, ForPairsOfThree<MultiplyAdd<Half>>>(s),
            PtxType.F32 => Three<float, float, MultiplyAdd<float>>(s),
            PtxType.F64 => Three<double, double, MultiplyAdd<double>>(s),
            _ => throw s.Unsupported(),
        };
    }

    private static PtxInstruction Product(Decoding s, bool isHigh, bool hasThird)
    {
        return s.TakeType() switch
        {
            PtxType.U16 => isHigh ? Of<ushort, ushort, MultiplyHigh<ushort, uint>>() : Of<ushort, uint, MultiplyWide<ushort, uint>>(),
            PtxType.S16 => isHigh ? Of<short, short, MultiplyHigh<short, int>>() : Of<short, int, MultiplyWide<short, int>>(),
            PtxType.U32 => isHigh ? Of<uint, uint, MultiplyHigh<uint, ulong>>() : Of<uint, ulong, MultiplyWide<uint, ulong>>(),
            PtxType.S32 => isHigh ? Of<int, int, MultiplyHigh<int, long>>() : Of<int, long, MultiplyWide<int, long>>(),
            PtxType.U64 when isHigh => Of<ulong, ulong, MultiplyHigh<ulong, UInt128>>(),
            PtxType.S64 when isHigh => Of<long, long, MultiplyHigh<long, Int128>>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Of<TIn, TOut, TProduct>()
            where TIn : unmanaged
            where TOut : unmanaged, INumber<TOut>
            where TProduct : struct, IBinary<TIn, TOut> => hasThird
            ? Three<TIn, TOut, PlusThird<TIn, TOut, TProduct>>(s)
            : new BinaryInstruction<TIn, TOut, TProduct>(s.Destination(0), s.Source(1), s.Source(2));
    }

    private static TernaryInstruction<TIn, TOut, TOperation> Three<TIn, TOut, TOperation>(Decoding s)
        where TIn : unmanaged
        where TOut : unmanaged
        where TOperation : struct, ITernary<TIn, TOut> =>
        new TernaryInstruction<TIn, TOut, TOperation>(s.Destination(0), s.Source(1), s.Source(2), s.Source(3));

    private static PtxInstruction ForNumbers<TOperation>(Decoding s, PtxType type, Row d, Row a, Row b)
        where TOperation : struct, INumberBinary
    {
        return type switch
        {
            PtxType.F16 => Number<Half>(),
            PtxType.F16X2 => new BinaryInstruction<uint, uint, ForPairs<ForNumbers<Half, TOperation>>>(d, a, b),
            PtxType.F32 => Number<float>(),
            PtxType.F64 => Number<double>(),
            PtxType.S16 => Number<short>(),
            PtxType.U16 => Number<ushort>(),
            PtxType.S32 => Number<int>(),
            PtxType.U32 => Number<uint>(),
            PtxType.S64 => Number<long>(),
            PtxType.U64 => Number<ulong>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Number<T>()
            where T : unmanaged, INumber<T> => new BinaryInstruction<T, T, ForNumbers<T, TOperation>>(d, a, b);
    }

    private static void IgnoreAccuracy(Decoding s) => s.Ignore("rn", "approx", "full");
}
