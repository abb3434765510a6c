using System.Numerics;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Decoders of comparisons and of what depends on a predicate.</summary>
internal static class CompareDecoders
{
    public static PtxInstruction Compare(Decoding s)
    {
        s.Ignore("ftz");
        var type = s.TakeType();
        string relation =
            s.TakeOne("eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan");
        if (relation is "lo" or "ls" or "hi" or "hs" && type.IsSigned()) throw s.Unsupported();
        return relation switch
        {
            "eq" => Compare<Equal>(s, type),
            "ne" => Compare<Different>(s, type),
            "lt" or "lo" => Compare<Less>(s, type),
            "le" or "ls" => Compare<LessOrEqual>(s, type),
            "gt" or "hi" => Compare<Exchanged<Less>>(s, type),
            "ge" or "hs" => Compare<Exchanged<LessOrEqual>>(s, type),
            "equ" => Compare<Opposite<Different>>(s, type),
            "neu" => Compare<Opposite<Equal>>(s, type),
            "ltu" => Compare<Opposite<Exchanged<LessOrEqual>>>(s, type),
            "leu" => Compare<Opposite<Exchanged<Less>>>(s, type),
            "gtu" => Compare<Opposite<LessOrEqual>>(s, type),
            "geu" => Compare<Opposite<Less>>(s, type),
            "num" => Compare<Ordered>(s, type),
            "nan" => Compare<Opposite<Ordered>>(s, type),
            _ => throw s.Unsupported(),
        };
    }

    public static PtxInstruction Test(Decoding s)
    {
        var type = s.TakeType();
        return s.TakeOne("notanumber", "number", "finite", "infinite", "normal", "subnormal") switch
        {
            "notanumber" => Test<IsNotANumber>(s, type),
            "number" => Test<IsANumber>(s, type),
            "finite" => Test<IsFinite>(s, type),
            "infinite" => Test<IsInfinite>(s, type),
            "normal" => Test<IsNormal>(s, type),
            "subnormal" => Test<IsSubnormal>(s, type),
            _ => throw s.Unsupported(),
        };
    }

    public static PtxInstruction Select(Decoding s)
    {
        s.TakeType();
        return new TernaryInstruction<ulong, ulong, Select>(s.Destination(0), s.Source(1), s.Source(2), s.Source(3));
    }

    private static PtxInstruction Compare<TRelation>(Decoding s, PtxType type)
        where TRelation : struct, IRelation
    {
        var join = s.TakeOne("and", "or", "xor") switch
        {
            "and" => Join.And,
            "or" => Join.Or,
            "xor" => Join.Xor,
            _ => Join.None,
        };
        var (d, opposite) = s.DestinationPair(0);
        var (a, b) = (s.Source(1), s.Source(2));
        var joined = join == Join.None ? default : new Joined(join, s.Source(3), s.IsNegated(3));
        return type switch
        {
            PtxType.F16 => Of<Half>(),
            PtxType.F32 => Of<float>(),
            PtxType.F64 => Of<double>(),
            PtxType.S16 => Of<short>(),
            PtxType.S32 => Of<int>(),
            PtxType.S64 => Of<long>(),
            PtxType.U16 or PtxType.B16 => Of<ushort>(),
            PtxType.U32 or PtxType.B32 => Of<uint>(),
            PtxType.U64 or PtxType.B64 => Of<ulong>(),
            _ => throw s.Unsupported(),
        };

        PtxInstruction Of<T>()
            where T : unmanaged, INumber<T> => new CompareInstruction<T, TRelation>(d, opposite, a, b, joined);
    }

    private static PtxInstruction Test<TQuestion>(Decoding s, PtxType type)
        where TQuestion : struct, IQuestion
    {
        return type switch
        {
            PtxType.F32 => new UnaryInstruction<float, ulong, Test<float, TQuestion>>(s.Destination(0), s.Source(1)),
            PtxType.F64 => new UnaryInstruction<double, ulong, Test<double, TQuestion>>(s.Destination(0), s.Source(1)),
            _ => throw s.Unsupported(),
        };
    }
}
