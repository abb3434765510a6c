using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace EvsNative.Kernels.Ptx;

/// <summary>What a statement of PTX is.</summary>
internal enum PtxLineKind
{
    /// <summary><c>.reg .b32 %r&lt;8&gt;;</c></summary>
    Directive,

    /// <summary><c>@%p1 add.s32 %r1, %r2, 1;</c></summary>
    Instruction,

    /// <summary><c>L_1:</c></summary>
    Label,

    /// <summary>Statements in braces, taken as one: registers and labels in it may be its own.</summary>
    Scope,
}

/// <summary>One statement inside a function, taken apart. Immutable, so copies of loops share them.</summary>
internal sealed class PtxLine
{
    private static readonly string[] None = [];

    private string[]? _read;

    private PtxLine(PtxLineKind kind, string text, string guard, string opcode, string[] operands)
    {
        (Kind, Text, Guard, Opcode, Operands) = (kind, text, guard, opcode, operands);
        Name = opcode.IndexOf('.', StringComparison.Ordinal) is > 0 and var end ? opcode[..end] : opcode;
        Type = opcode[(opcode.LastIndexOf('.') + 1)..];
        Written = kind == PtxLineKind.Scope ? [.. Inside.SelectMany(line => line.Written)]
            : kind != PtxLineKind.Instruction || operands.Length == 0 || operands[0][0] == '[' ? None
            : operands[0][0] == '%' && operands[0].AsSpan().IndexOfAny('|', '.') < 0 ? [operands[0]] : [.. Registers(operands[0])];
        Form = kind == PtxLineKind.Instruction ? PtxForm.Of(opcode) : default;
    }

    public PtxLineKind Kind { get; }

    /// <summary>The statement without its indentation; a scope's has several lines.</summary>
    public string Text { get; }

    /// <summary><c>%p1</c>, <c>!%p1</c>, or empty.</summary>
    public string Guard { get; }

    /// <summary>With all its suffixes, such as <c>ld.local.v4.f32</c>; a label's is its name.</summary>
    public string Opcode { get; }

    /// <summary>Results first. Vectors keep their braces, addresses their brackets.</summary>
    public IReadOnlyList<string> Operands { get; }

    /// <summary>The opcode up to its first suffix.</summary>
    public string Name { get; }

    /// <summary>The opcode's last suffix, such as <c>f32</c>.</summary>
    public string Type { get; }

    /// <summary>Registers that it writes.</summary>
    public string[] Written { get; }

    /// <summary>Registers that it reads, its guard's included.</summary>
    public string[] Read => _read ??= Kind != PtxLineKind.Instruction || Written.Length == 0 ? [.. Registers(Text)]
        : [.. Registers(Guard), .. Operands.Skip(1).SelectMany(Registers)];

    /// <summary>What it does, if it is integer arithmetic.</summary>
    public PtxForm Form { get; }

    /// <summary>The statements of a scope, or itself.</summary>
    public IEnumerable<PtxLine> Inside => Kind != PtxLineKind.Scope ? [this]
        : Text.Split('\n', StringSplitOptions.TrimEntries).Where(line => line is not ("{" or "}")).Select(Parse);

    /// <summary>True if nothing behind it in its block is run.</summary>
    public bool IsEnd => Kind == PtxLineKind.Instruction && Guard.Length == 0 && Opcode is "ret" or "exit" or "trap";

    public static PtxLine Parse(string text)
    {
        if (text[0] == '{') return new PtxLine(PtxLineKind.Scope, text, "", "", None);
        if (text[^1] == ':') return Label(text[..^1]);
        if (text[0] == '.' || !TakeApart(text, out var line)) return new PtxLine(PtxLineKind.Directive, text, "", "", None);
        return line;
    }

    public static PtxLine Label(string name) => new(PtxLineKind.Label, name + ":", "", name, None);

    public static PtxLine Instruction(string opcode, string guard, params string[] operands)
    {
        string text =
            (guard.Length > 0 ? $"@{guard} " : "") + opcode + (operands.Length > 0 ? "\t" + string.Join(", ", operands) : "") + ";";
        return new PtxLine(PtxLineKind.Instruction, text, guard, opcode, operands);
    }

    /// <summary>The names of all registers in a text, <c>%</c> included.</summary>
    public static IEnumerable<string> Registers(string text)
    {
        for (int at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%', at))
        {
            int start = at++;
            while (at < text.Length && IsWord(text[at])) at++;
            yield return text[start..at];
        }
    }

    public static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';

    /// <summary>The statement with other registers: what it reads by one rule, what it writes by another.</summary>
    /// <param name="read">from the name of a register to another</param>
    /// <param name="written">the same; a scope's statements write by it too</param>
    public PtxLine With(Func<string, string> read, Func<string, string> written)
    {
        if (Kind == PtxLineKind.Scope)
            return Parse("{\n\t" + string.Join("\n\t", Inside.Select(line => line.With(read, written).Text)) + "\n\t}");
        if (Kind != PtxLineKind.Instruction) return this;
        string[] operands = [.. Operands.Select((operand, i) => Renamed(operand, i == 0 && Written.Length > 0 ? written : read))];
        return Instruction(Opcode, Renamed(Guard, read), operands);
    }

    /// <summary>A suffix of the opcode.</summary>
    public bool Has(string suffix)
    {
        int at = Opcode.IndexOf(suffix, StringComparison.Ordinal);
        return at > 0 && Opcode[at - 1] == '.' && (at + suffix.Length == Opcode.Length || Opcode[at + suffix.Length] == '.');
    }

    /// <summary>The parts of an operand in braces, or the operand itself.</summary>
    public static string[] Parts(string operand) =>
        operand[0] == '{' ? operand[1..^1].Split(',', StringSplitOptions.TrimEntries) : [operand];

    public override string ToString() => Text;

    private static string Renamed(string text, Func<string, string> name)
    {
        if (!text.Contains('%')) return text;
        var renamed = new StringBuilder(text.Length + 8);
        int copied = 0;
        for (int at = text.IndexOf('%'); at >= 0; at = text.IndexOf('%', at))
        {
            int start = at++;
            while (at < text.Length && IsWord(text[at])) at++;
            renamed.Append(text, copied, start - copied).Append(name(text[start..at]));
            copied = at;
        }

        return renamed.Append(text, copied, text.Length - copied).ToString();
    }

    private static bool TakeApart(string text, [NotNullWhen(true)] out PtxLine? line)
    {
        line = null;
        if (text[^1] != ';') return false;
        int at = 0, end = text.Length - 1;
        string guard = "";
        if (text[0] == '@')
        {
            at = text.AsSpan().IndexOfAny(' ', '\t');
            if (at < 0) return false;
            guard = text[1..at];
        }

        while (at < end && char.IsWhiteSpace(text[at])) at++;
        int start = at;
        while (at < end && !char.IsWhiteSpace(text[at])) at++;
        string opcode = text[start..at];
        if (opcode.Contains(':') && !opcode.Contains("::", StringComparison.Ordinal)) return false;
        line = new PtxLine(PtxLineKind.Instruction, text, guard, opcode, Split(text.AsSpan(at, end - at)));
        return true;
    }

    private static string[] Split(ReadOnlySpan<char> text)
    {
        if (text.IsWhiteSpace()) return None;
        List<string> operands = [];
        int depth = 0, start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ',';
            if (c is '{' or '[' or '(') depth++;
            if (c is '}' or ']' or ')') depth--;
            if (c != ',' || depth > 0) continue;
            operands.Add(text[start..i].Trim().ToString());
            start = i + 1;
        }

        return [.. operands];
    }
}
