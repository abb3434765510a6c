using System.Collections.Concurrent;

namespace EvsNative.Kernels.Ptx;

/// <summary>Instructions whose results can be told before the run.</summary>
internal enum PtxOperation
{
    /// <summary>Any other.</summary>
    None,
    Move,
    Add,
    Subtract,
    Multiply,
    MultiplyAdd,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
    Not,
    Negate,
    Minimum,
    Maximum,
    Divide,
    Remainder,
    Select,
    Convert,
    Compare,
}

/// <summary>An opcode on integers or predicates, taken apart once.</summary>
/// <param name="Operation">what it does</param>
/// <param name="Bits">of its arguments; 1 for predicates</param>
/// <param name="IsSigned">what its arguments are</param>
/// <param name="ResultBits">of its result</param>
/// <param name="Comparison">of a comparison: eq, lt and so on</param>
internal readonly record struct PtxForm(PtxOperation Operation, int Bits, bool IsSigned, int ResultBits, string Comparison)
{
    private static readonly ConcurrentDictionary<string, PtxForm> Known = new();

    public static PtxForm Of(string opcode) => Known.GetOrAdd(opcode, TakeApart);

    private static PtxForm TakeApart(string opcode)
    {
        string[] parts = opcode.Split('.');
        var (bits, isSigned) = Width(parts[^1]);
        var operation = bits == 0 ? PtxOperation.None : parts[0] switch
        {
            "mov" => PtxOperation.Move,
            "add" => PtxOperation.Add,
            "sub" => PtxOperation.Subtract,
            "mul" when parts.Contains("lo") || parts.Contains("wide") => PtxOperation.Multiply,
            "mad" when parts.Contains("lo") || parts.Contains("wide") => PtxOperation.MultiplyAdd,
            "shl" => PtxOperation.ShiftLeft,
            "shr" => PtxOperation.ShiftRight,
            "and" => PtxOperation.And,
            "or" => PtxOperation.Or,
            "xor" => PtxOperation.Xor,
            "not" => PtxOperation.Not,
            "neg" => PtxOperation.Negate,
            "min" => PtxOperation.Minimum,
            "max" => PtxOperation.Maximum,
            "div" => PtxOperation.Divide,
            "rem" => PtxOperation.Remainder,
            "selp" => PtxOperation.Select,
            "cvt" when parts.Length == 3 && Width(parts[1]).Bits > 0 => PtxOperation.Convert,
            "setp" when parts.Length == 3 => PtxOperation.Compare,
            _ => PtxOperation.None,
        };
        int result = operation == PtxOperation.Convert ? Width(parts[1]).Bits : parts.Contains("wide") ? 2 * bits : bits;
        return new PtxForm(operation, bits, isSigned, result, operation == PtxOperation.Compare ? parts[1] : "");
    }

    private static (int Bits, bool IsSigned) Width(string type) => type switch
    {
        "pred" => (1, false),
        "s16" or "s32" or "s64" => (int.Parse(type.AsSpan(1)), true),
        "u16" or "u32" or "u64" or "b16" or "b32" or "b64" => (int.Parse(type.AsSpan(1)), false),
        _ => (0, false),
    };
}
