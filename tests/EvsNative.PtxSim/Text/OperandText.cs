using System.Globalization;

namespace EvsNative.PtxSim.Text;

/// <summary>What kind of operand stands there.</summary>
internal enum OperandKind
{
    /// <summary>A register, a special register, a variable, a label or a parameter.</summary>
    Name,

    /// <summary>A number; floats as their bits.</summary>
    Number,

    /// <summary>Operands in braces.</summary>
    Vector,

    /// <summary>An address in brackets: one operand and an offset.</summary>
    Address,
}

/// <summary>An operand as it is written.</summary>
internal sealed record OperandText(OperandKind Kind, string Name = "", ulong Value = 0, bool IsNegated = false)
{
    /// <summary>Parts of a vector; base of an address; the two destinations of <c>p|q</c>.</summary>
    public IReadOnlyList<OperandText> Items { get; init; } = [];

    /// <summary>Bytes added to the base of an address or to a variable.</summary>
    public long Offset { get; init; }

    /// <summary>The operands of a statement, the opcode cut off.</summary>
    public static List<OperandText> ParseAll(string text, int line)
    {
        int at = 0;
        var operands = ParseList(text, ref at, '\0', line);
        return operands;
    }

    private static List<OperandText> ParseList(string text, ref int at, char end, int line)
    {
        var items = new List<OperandText>();
        while (true)
        {
            SkipBlanks(text, ref at);
            if (at == text.Length && end == '\0') return items;
            if (at < text.Length && text[at] == end)
            {
                at++;
                return items;
            }

            if (items.Count > 0)
            {
                if (at == text.Length || text[at] != ',') throw NotUnderstood(text, line);
                at++;
            }

            items.Add(Parse(text, ref at, line));
        }
    }

    private static OperandText Parse(string text, ref int at, int line)
    {
        SkipBlanks(text, ref at);
        if (at == text.Length) throw NotUnderstood(text, line);
        switch (text[at])
        {
            case '{':
                at++;
                return new OperandText(OperandKind.Vector) { Items = ParseList(text, ref at, '}', line) };
            case '[':
                at++;
                return ParseAddress(text, ref at, line);
            case '!':
                at++;
                return Parse(text, ref at, line) with { IsNegated = true };
        }

        var operand = ParseAtom(text, ref at, line);
        SkipBlanks(text, ref at);
        if (at < text.Length && text[at] == '|')
        {
            at++;
            return operand with { Items = [operand, Parse(text, ref at, line)] };
        }

        return operand with { Offset = operand.Kind == OperandKind.Name ? ParseOffset(text, ref at, line) : 0 };
    }

    private static OperandText ParseAddress(string text, ref int at, int line)
    {
        var address = Parse(text, ref at, line);
        long offset = address.Offset;
        SkipBlanks(text, ref at);
        if (at == text.Length || text[at++] != ']') throw NotUnderstood(text, line);
        return new OperandText(OperandKind.Address) { Items = [address with { Offset = 0 }], Offset = offset };
    }

    private static long ParseOffset(string text, ref int at, int line)
    {
        long offset = 0;
        while (true)
        {
            SkipBlanks(text, ref at);
            if (at == text.Length || text[at] is not ('+' or '-')) return offset;
            bool isMinus = text[at] == '-';
            at++;
            var number = Parse(text, ref at, line);
            if (number.Kind != OperandKind.Number) throw NotUnderstood(text, line);
            offset += isMinus ? -(long)number.Value : (long)number.Value;
        }
    }

    private static OperandText ParseAtom(string text, ref int at, int line)
    {
        int start = at;
        bool isMinus = text[at] == '-';
        if (isMinus) at++;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '$' or '%' or '.')) at++;
        string word = text[start..at];
        if (word.Length == 0) throw NotUnderstood(text, line);
        if (!char.IsAsciiDigit(word[isMinus ? 1 : 0]))
            return isMinus ? throw NotUnderstood(text, line) : new OperandText(OperandKind.Name, word);
        return TryNumber(isMinus ? word[1..] : word, out ulong value)
            ? new OperandText(OperandKind.Number, "", isMinus ? (ulong)-(long)value : value)
            : throw NotUnderstood(text, line);
    }

    private static bool TryNumber(string word, out ulong value)
    {
        word = word.TrimEnd('U');
        return word.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            || (word.StartsWith("0f", StringComparison.OrdinalIgnoreCase) && word.Length == 10)
            || (word.StartsWith("0d", StringComparison.OrdinalIgnoreCase) && word.Length == 18)
                ? ulong.TryParse(word[2..], NumberStyles.HexNumber, null, out value)
                : ulong.TryParse(word, NumberStyles.None, null, out value);
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
    }

    private static PtxSyntaxException NotUnderstood(string text, int line) => new(line, $"operands '{text}' are not understood");
}
