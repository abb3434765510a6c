using EvsNative.Kernels.Ptx;

namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>How often an instruction may stand in a text.</summary>
internal readonly record struct PtxRange(int Least, int Most)
{
    public static PtxRange Exactly(int count) => new(count, count);

    public bool Holds(int count) => count >= Least && count <= Most;

    public override string ToString() => Least == Most ? $"{Least}" : $"{Least} to {Most}";
}

/// <summary>
/// What a kernel's text is to be like. What is not said of instructions is not checked; what is bad in every kernel is bad unless it is
/// allowed.
/// </summary>
/// <param name="Target">what it is written for</param>
internal sealed record PtxExpectations(PtxTarget Target)
{
    /// <summary>Arrays of a thread may stay in memory.</summary>
    public bool AllowsLocal { get; init; }

    /// <summary>There may be float64.</summary>
    public bool AllowsDoubles { get; init; }

    /// <summary>64-bit numbers may be divided inside of loops; each takes a long subroutine.</summary>
    public bool AllowsLongDivision { get; init; }

    /// <summary>Multiplications with an addition, fused or not, in the largest block.</summary>
    public PtxRange? MultiplyAdds { get; init; }

    /// <summary>Barriers in the whole text.</summary>
    public PtxRange? Barriers { get; init; }

    /// <summary>Instructions in the whole text, by opcode with its suffixes.</summary>
    public IReadOnlyDictionary<string, PtxRange> Instructions { get; init; } = new Dictionary<string, PtxRange>();
}

/// <summary>How often an instruction stands in a kernel.</summary>
/// <param name="Opcode">with its suffixes</param>
/// <param name="Count">in the whole text</param>
/// <param name="InLargestBlock">in the longest stretch without labels and branches, which is the inner loop of a kernel that has
/// one</param>
internal sealed record PtxFact(string Opcode, int Count, int InLargestBlock);
