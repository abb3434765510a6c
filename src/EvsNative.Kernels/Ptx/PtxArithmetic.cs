namespace EvsNative.Kernels.Ptx;

/// <summary>
/// What an instruction leaves in its registers, where that can be said before the run: integers, comparisons, addresses in arrays.
/// </summary>
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
        if (operand[0] == '-' || char.IsAsciiDigit(operand[0])) return Literal(operand);
        return arrays.Contains(operand) ? new PtxValue(operand, 0) : null;
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
        if (line.Form.Operation == PtxOperation.None || line.Guard.Length > 0) return null;
        var operands = line.Operands;
        if (operands.Count is < 2 or > 4 || operands[0][0] != '%') return null;
        var a = Value(state, operands[1]);
        var b = operands.Count > 2 ? Value(state, operands[2]) : null;
        var c = operands.Count > 3 ? Value(state, operands[3]) : null;
        if (a is { IsInteger: false } || b is { IsInteger: false } || c is { IsInteger: false }) return Place(line.Form.Operation, a, b, c);
        if (line.Form.Operation == PtxOperation.Move) return a;
        bool isKnown = a is not null && (operands.Count < 3 || b is not null) && (operands.Count < 4 || c is not null);
        return isKnown && Integer(line.Form, a!.Value.Number!.Value, b?.Number ?? 0, c?.Number ?? 0) is { } number ? PtxValue.Of(number)
            : null;
    }

    private static PtxValue? Literal(string operand)
    {
        if (long.TryParse(operand, out long number)) return PtxValue.Of(number);
        bool isHex = operand.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return isHex && long.TryParse(operand.AsSpan(2), System.Globalization.NumberStyles.HexNumber, null, out number)
            ? PtxValue.Of(number) : null;
    }

    // Arithmetic on an address; what is not of these forms is not followed.
    private static PtxValue? Place(PtxOperation operation, PtxValue? a, PtxValue? b, PtxValue? c) => operation switch
    {
        PtxOperation.Move => a,
        PtxOperation.Add => a is { IsInteger: false } ? Move(a.Value, b, 1) : Move(b!.Value, a, 1),
        PtxOperation.Subtract when a is { IsInteger: false } => Move(a.Value, b, -1),
        PtxOperation.MultiplyAdd when c is { IsInteger: false } && a is not { IsInteger: false } && b is not { IsInteger: false } =>
            c.Value with { Number = c.Value.Number + (a?.Number * b?.Number) },
        _ => null,
    };

    private static PtxValue? Move(PtxValue place, PtxValue? by, int sign) =>
        by is { IsInteger: false } ? null : place with { Number = place.Number + (sign * by?.Number) };

    private static long? Integer(PtxForm form, long a, long b, long c)
    {
        bool isShift = form.Operation is PtxOperation.ShiftLeft or PtxOperation.ShiftRight;

        // Where the upper half of 64 bits counts and the number is unsigned, it is no long.
        bool isLong = form.IsSigned || form.Bits < 64;
        (a, b) = (Cut(a, form.Bits, form.IsSigned), isShift ? b : Cut(b, form.Bits, form.IsSigned));
        long? result = form.Operation switch
        {
            PtxOperation.Compare => Holds(form, a, b),
            PtxOperation.Select => c != 0 ? a : b,
            PtxOperation.Convert => a,
            PtxOperation.Add => a + b,
            PtxOperation.Subtract => a - b,
            PtxOperation.Multiply => a * b,
            PtxOperation.MultiplyAdd => (a * b) + c,
            PtxOperation.ShiftLeft => b is >= 0 and < 64 ? a << (int)b : 0,
            PtxOperation.ShiftRight when b is >= 0 and < 64 => isLong ? a >> (int)b : (long)((ulong)a >> (int)b),
            PtxOperation.And => a & b,
            PtxOperation.Or => a | b,
            PtxOperation.Xor => a ^ b,
            PtxOperation.Not => form.Bits == 1 ? 1 - a : ~a,
            PtxOperation.Negate => -a,
            PtxOperation.Minimum when isLong => Math.Min(a, b),
            PtxOperation.Maximum when isLong => Math.Max(a, b),
            PtxOperation.Divide when isLong && b > 0 => a / b,
            PtxOperation.Remainder when isLong && b > 0 => a % b,
            _ => null,
        };
        bool isPredicate = form.Bits == 1 || form.Operation == PtxOperation.Compare;
        return result is { } number && !isPredicate ? Cut(number, form.ResultBits, true) : result;
    }

    private static long? Holds(PtxForm form, long a, long b)
    {
        int order = form.IsSigned ? a.CompareTo(b) : ((ulong)a).CompareTo((ulong)b);
        bool? holds = form.Comparison switch
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
