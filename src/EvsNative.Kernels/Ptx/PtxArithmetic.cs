namespace EvsNative.Kernels.Ptx;

/// <summary>What an instruction leaves in its registers, where that can be said before the run: integers, comparisons, addresses in arrays.</summary>
/// <param name="arrays">names of the arrays whose addresses are followed</param>
internal sealed class PtxArithmetic(IReadOnlySet<string> arrays)
{
    /// <summary>Brings a state behind a statement.</summary>
    public void Step(PtxState state, PtxLine line)
    {
        var result = Result(state, line);
        foreach (string register in line.Written) state[register] = null;
        if (result is { } known) state[line.Operands[0]] = known;
    }

    /// <summary>The value of an operand.</summary>
    public PtxValue? Value(PtxState state, string operand)
    {
        if (operand[0] == '%') return state[operand];
        if (arrays.Contains(operand)) return new PtxValue(operand, 0);
        if (long.TryParse(operand, out long number)) return PtxValue.Of(number);
        bool isHex = operand.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return isHex && long.TryParse(operand.AsSpan(2), System.Globalization.NumberStyles.HexNumber, null, out number) ? PtxValue.Of(number) : null;
    }

    /// <summary>The place that a memory operand such as <c>[%rd1+8]</c> names.</summary>
    public PtxValue? Address(PtxState state, string operand)
    {
        string inside = operand[1..^1];
        int plus = inside.IndexOf('+');
        var place = Value(state, (plus < 0 ? inside : inside[..plus]).Trim());
        if (plus < 0 || place is not { } known) return place;
        return long.TryParse(inside.AsSpan(plus + 1), out long more) ? known with { Number = known.Number + more } : null;
    }

    /// <summary>What a statement leaves in its first register, if it surely writes it.</summary>
    public PtxValue? Result(PtxState state, PtxLine line)
    {
        var operands = line.Operands;
        if (line.Guard.Length > 0 || operands.Count is < 2 or > 4 || line.Type[0] is not ('s' or 'u' or 'b' or 'p') || operands[0][0] != '%') return null;
        var a = Value(state, operands[1]);
        var b = operands.Count > 2 ? Value(state, operands[2]) : null;
        var c = operands.Count > 3 ? Value(state, operands[3]) : null;
        if (a is { IsInteger: false } || b is { IsInteger: false } || c is { IsInteger: false }) return Place(line.Name, a, b, c);
        if (line.Name == "mov") return a;
        bool isKnown = a is not null && (operands.Count < 3 || b is not null) && (operands.Count < 4 || c is not null);
        return isKnown && Integer(line, a!.Value.Number!.Value, b?.Number ?? 0, c?.Number ?? 0) is { } number ? PtxValue.Of(number) : null;
    }

    // Arithmetic on an address; what is not of these forms is not followed.
    private static PtxValue? Place(string name, PtxValue? a, PtxValue? b, PtxValue? c) => name switch
    {
        "mov" => a,
        "add" => a is { IsInteger: false } ? Move(a.Value, b, 1) : Move(b!.Value, a, 1),
        "sub" when a is { IsInteger: false } => Move(a.Value, b, -1),
        "mad" when c is { IsInteger: false } && a is not { IsInteger: false } && b is not { IsInteger: false } => c.Value with { Number = c.Value.Number + (a?.Number * b?.Number) },
        _ => null,
    };

    private static PtxValue? Move(PtxValue place, PtxValue? by, int sign) =>
        by is { IsInteger: false } ? null : place with { Number = place.Number + (sign * by?.Number) };

    private static long? Integer(PtxLine line, long a, long b, long c)
    {
        string type = line.Type;
        if (type == "pred") return Predicate(line.Name, a, b);
        if (type is not ['s' or 'u' or 'b', ..] || !int.TryParse(type.AsSpan(1), out int bits) || bits is not (16 or 32 or 64)) return null;
        bool isSigned = type[0] == 's';
        if (line.Name == "setp") return line.Operands.Count == 3 ? Compare(line.Opcode.Split('.')[1], isSigned, Cut(a, bits, isSigned), Cut(b, bits, isSigned)) : null;
        if (line.Name == "selp") return c != 0 ? a : b;
        if (line.Name == "cvt") return line.Opcode.Split('.') is ["cvt", ['s' or 'u', ..] to, _] && int.TryParse(to.AsSpan(1), out int width)
            ? Cut(Cut(a, bits, isSigned), width, true) : null;
        bool isWide = line.Has("wide");
        (a, b) = (Cut(a, bits, isSigned), line.Name is "shl" or "shr" ? b : Cut(b, bits, isSigned));
        long? result = line.Name switch
        {
            "add" => a + b,
            "sub" => a - b,
            "mul" when isWide || line.Has("lo") => a * b,
            "mad" when isWide || line.Has("lo") => (a * b) + c,
            "shl" => b is >= 0 and < 64 ? a << (int)b : 0,
            "shr" when b is >= 0 and < 64 => isSigned || bits < 64 ? a >> (int)b : (long)((ulong)a >> (int)b),
            "and" => a & b,
            "or" => a | b,
            "xor" => a ^ b,
            "not" => ~a,
            "neg" => -a,
            "min" when isSigned || bits < 64 => Math.Min(a, b),
            "max" when isSigned || bits < 64 => Math.Max(a, b),
            "div" when b > 0 && (isSigned || bits < 64) => a / b,
            "rem" when b > 0 && (isSigned || bits < 64) => a % b,
            _ => null,
        };
        return result is { } number ? Cut(number, isWide ? 2 * bits : bits, true) : null;
    }

    private static long? Predicate(string name, long a, long b) => name switch
    {
        "and" => a & b,
        "or" => a | b,
        "xor" => a ^ b,
        "not" => 1 - a,
        _ => null,
    };

    private static long? Compare(string comparison, bool isSigned, long a, long b)
    {
        int order = isSigned ? a.CompareTo(b) : ((ulong)a).CompareTo((ulong)b);
        bool? holds = comparison switch
        {
            "eq" => order == 0,
            "ne" => order != 0,
            "lt" or "lo" => order < 0,
            "le" or "ls" => order <= 0,
            "gt" or "hi" => order > 0,
            "ge" or "hs" => order >= 0,
            _ => null,
        };
        return holds is { } known ? known ? 1 : 0 : null;
    }

    private static long Cut(long value, int bits, bool isSigned) => bits >= 64 ? value
        : isSigned ? value << (64 - bits) >> (64 - bits)
        : (long)((ulong)value << (64 - bits) >> (64 - bits));
}
