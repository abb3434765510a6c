using System.Text;

namespace EvsNative.Kernels.Ptx;

/// <summary>A function of a module: a kernel, or one that kernels call.</summary>
internal sealed class PtxFunction
{
    /// <summary>All before the body, a line to each line.</summary>
    public required string Head { get; init; }

    public required string Name { get; init; }

    public required bool IsEntry { get; init; }

    /// <summary>Null for a declaration.</summary>
    public List<PtxLine>? Body { get; set; }

    /// <summary>True if the body names the symbol.</summary>
    public bool Mentions(string symbol) => Body is { } body && body.Exists(line => Contains(line.Text, symbol));

    /// <summary>Appends the function; every piece of it goes through <paramref name="append"/>.</summary>
    public void Write(StringBuilder text, Func<StringBuilder, string, StringBuilder> append)
    {
        append(text.Append('\n'), Head).Append(Body is null ? "\n;\n" : "\n{\n");
        if (Body is null) return;
        foreach (var line in Body)
        {
            if (line.Kind != PtxLineKind.Label) text.Append('\t');
            append(text, line.Text).Append('\n');
        }

        text.Append("}\n");
    }

    private static bool Contains(string text, string symbol)
    {
        for (int at = text.IndexOf(symbol, StringComparison.Ordinal); at >= 0; at = text.IndexOf(symbol, at + 1, StringComparison.Ordinal))
        {
            int end = at + symbol.Length;
            if ((at == 0 || !PtxLine.IsWord(text[at - 1])) && (end == text.Length || !PtxLine.IsWord(text[end]))) return true;
        }

        return false;
    }
}

/// <summary>A text of PTX, taken apart. Comments and empty lines are not kept.</summary>
internal sealed class PtxModule
{
    /// <summary>Version, target, and what is declared for all functions.</summary>
    public List<string> Header { get; } = [];

    public List<PtxFunction> Functions { get; } = [];

    /// <summary>The kernel.</summary>
    public PtxFunction Entry => Functions.Find(function => function.IsEntry) ?? throw new FormatException("the text has no .entry");

    public static PtxModule Parse(string text)
    {
        var module = new PtxModule();
        var lines = Lines(text);
        for (int i = 0; i < lines.Count;)
        {
            if (IsHead(lines[i])) module.Functions.Add(Function(lines, ref i));
            else module.Header.Add(lines[i++]);
        }

        return module;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (string line in Header) text.Append(line).Append('\n');
        foreach (var function in Functions) function.Write(text, (into, line) => into.Append(line));
        return text.ToString();
    }

    private static List<string> Lines(string text)
    {
        List<string> lines = [];
        foreach (var part in text.AsSpan().EnumerateLines())
        {
            var line = part;
            if (line.IndexOf("//", StringComparison.Ordinal) is >= 0 and var comment) line = line[..comment];
            line = line.Trim();
            if (line.Length > 0) lines.Add(line.ToString());
        }

        return lines;
    }

    private static bool IsHead(string line) =>
        line.StartsWith('.') && (line.Contains(".func", StringComparison.Ordinal) || line.Contains(".entry", StringComparison.Ordinal));

    private static PtxFunction Function(List<string> lines, ref int i)
    {
        int start = i;
        while (lines[i] is not ("{" or ";")) i++;
        string head = string.Join('\n', lines[start..i]);
        bool hasBody = lines[i++] == "{";
        List<PtxLine> body = [];
        for (; hasBody && lines[i] != "}"; i++) body.Add(Statement(lines, ref i));
        if (hasBody) i++;
        bool isEntry = lines[start].Contains(".entry", StringComparison.Ordinal);
        return new PtxFunction { Head = head, Name = NameOf(head), IsEntry = isEntry, Body = hasBody ? body : null };
    }

    private static PtxLine Statement(List<string> lines, ref int i)
    {
        if (lines[i] != "{") return PtxLine.Parse(lines[i]);
        int start = i;
        for (int depth = 1; depth > 0;)
        {
            i++;
            if (lines[i] == "{") depth++;
            if (lines[i] == "}") depth--;
        }

        return PtxLine.Parse(string.Join("\n\t", lines[start..(i + 1)]));
    }

    // The name stands before the parameters; a function's result stands in parentheses before the name.
    private static string NameOf(string head)
    {
        int at = head.IndexOf(".entry", StringComparison.Ordinal) is >= 0 and var entry ? entry + 6
            : head.IndexOf(".func", StringComparison.Ordinal) + 5;
        while (char.IsWhiteSpace(head[at])) at++;
        if (head[at] == '(') at = head.IndexOf(')', at) + 1;
        while (char.IsWhiteSpace(head[at])) at++;
        int end = at;
        while (end < head.Length && PtxLine.IsWord(head[end])) end++;
        return head[at..end];
    }
}
