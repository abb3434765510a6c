namespace EvsNative.PtxSim.Text;

/// <summary>An instruction as it is written: guard, opcode with its modifiers, operands.</summary>
internal sealed class Statement
{
    public Statement(string text, int line)
    {
        (Text, Line) = (string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), line);
        string rest = Text;
        if (rest[0] == '@')
        {
            int end = rest.IndexOf(' ');
            if (end < 0) throw new PtxSyntaxException(line, $"'{Text}' is not understood");
            IsGuardNegated = rest[1] == '!';
            Guard = rest[(IsGuardNegated ? 2 : 1)..end];
            rest = rest[(end + 1)..];
        }

        int blank = rest.IndexOf(' ');
        Opcode = blank < 0 ? rest : rest[..blank];
        Operands = blank < 0 ? [] : OperandText.ParseAll(rest[blank..], line);
    }

    public string Text { get; }

    public int Line { get; }

    /// <summary>Name of the predicate register; empty without a guard.</summary>
    public string Guard { get; } = "";

    public bool IsGuardNegated { get; }

    public string Opcode { get; }

    public IReadOnlyList<OperandText> Operands { get; }
}
