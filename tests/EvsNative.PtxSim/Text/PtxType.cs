namespace EvsNative.PtxSim.Text;

/// <summary>Types of PTX: what an instruction makes of the bits of a register.</summary>
internal enum PtxType
{
    /// <summary>A predicate, 0 or 1.</summary>
    Pred,

    /// <summary>8 untyped bits; the other sizes follow.</summary>
    B8,
    B16,
    B32,
    B64,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F16,
    F32,
    F64,

    /// <summary>Two halves in 32 bits.</summary>
    F16X2,
    Bf16,
    Bf16X2,

    /// <summary>A float of which the upper 19 bits count.</summary>
    Tf32,
}

/// <summary>Facts about <see cref="PtxType"/>.</summary>
internal static class PtxTypes
{
    private static readonly Dictionary<string, PtxType> Names =
        Enum.GetValues<PtxType>().ToDictionary(type => type.ToString().ToLowerInvariant(), type => type);

    public static bool TryParse(string name, out PtxType type) => Names.TryGetValue(name, out type);

    public static int Bytes(this PtxType type) => type switch
    {
        PtxType.Pred or PtxType.B8 or PtxType.U8 or PtxType.S8 => 1,
        PtxType.B16 or PtxType.U16 or PtxType.S16 or PtxType.F16 or PtxType.Bf16 => 2,
        PtxType.B64 or PtxType.U64 or PtxType.S64 or PtxType.F64 => 8,
        _ => 4,
    };

    public static bool IsSigned(this PtxType type) => type is PtxType.S8 or PtxType.S16 or PtxType.S32 or PtxType.S64;

    public static bool IsFloat(this PtxType type) => type is PtxType.F16 or PtxType.F32 or PtxType.F64;

    public static bool IsInteger(this PtxType type) => type is >= PtxType.B8 and <= PtxType.S64;
}
