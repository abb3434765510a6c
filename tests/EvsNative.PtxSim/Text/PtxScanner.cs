using System.Text;

namespace EvsNative.PtxSim.Text;

/// <summary>Reads PTX text piece by piece and knows the line it is in. Comments are blanks.</summary>
internal sealed class PtxScanner(string text)
{
    private readonly string _text = WithoutComments(text);
    private int _at;

    /// <summary>Line of the next piece, from 1.</summary>
    public int Line { get; private set; } = 1;

    public bool IsAtEnd
    {
        get
        {
            SkipBlanks();
            return _at == _text.Length;
        }
    }

    /// <summary>The next character that is no blank; 0 at the end.</summary>
    public char Next => IsAtEnd ? '\0' : _text[_at];

    /// <summary>Letters, digits and the signs that names and numbers are made of.</summary>
    public string Word()
    {
        SkipBlanks();
        int start = _at;
        while (_at < _text.Length && IsWord(_text[_at])) _at++;
        return _at > start ? _text[start.._at] : throw Unexpected();
    }

    /// <summary>The name of a label if one stands here; it is consumed with its colon.</summary>
    public string? Label()
    {
        SkipBlanks();
        int end = _at;
        while (end < _text.Length && IsWord(_text[end]) && _text[end] != '.') end++;
        int colon = end;
        while (colon < _text.Length && char.IsWhiteSpace(_text[colon])) colon++;
        if (end == _at || colon >= _text.Length || _text[colon] != ':' || (colon + 1 < _text.Length && _text[colon + 1] == ':'))
            return null;
        string name = _text[_at..end];
        Advance(colon + 1 - _at);
        return name;
    }

    public bool Take(char sign)
    {
        if (Next != sign) return false;
        _at++;
        return true;
    }

    public void Expect(char sign)
    {
        if (!Take(sign)) throw Unexpected();
    }

    /// <summary>Everything before the sign, which stays. Braces inside are passed over in pairs, quoted text as a whole.</summary>
    public string Until(char sign)
    {
        SkipBlanks();
        int start = _at, depth = 0;
        bool isQuoted = false;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (c == sign && depth == 0 && !isQuoted) return _text[start.._at].TrimEnd();
            if (c == '"') isQuoted = !isQuoted;
            if (c == '{' && !isQuoted) depth++;
            if (c == '}' && !isQuoted) depth--;
            Advance(1);
        }

        throw new PtxSyntaxException(Line, $"the text ends before '{sign}'");
    }

    public string RestOfLine()
    {
        int end = _text.IndexOf('\n', _at);
        string rest = end < 0 ? _text[_at..] : _text[_at..end];
        _at += rest.Length;
        return rest.Trim();
    }

    public PtxSyntaxException Unexpected()
    {
        int line = Line;
        string rest = RestOfLine();
        return new PtxSyntaxException(line, rest.Length == 0 ? "the text ends too early" : $"'{rest}' is not understood");
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '$' or '%';

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) Advance(1);
    }

    private void Advance(int count)
    {
        for (; count > 0; count--)
        {
            if (_text[_at++] == '\n') Line++;
        }
    }

    private static string WithoutComments(string text)
    {
        var clean = new StringBuilder(text);
        for (int at = 0; at + 1 < text.Length; at++)
        {
            if (text[at] != '/' || text[at + 1] is not ('/' or '*')) continue;
            int end = text[at + 1] == '/' ? text.IndexOf('\n', at) : text.IndexOf("*/", at + 2, StringComparison.Ordinal) + 2;
            if (end < at + 2) end = text.Length;
            for (; at < end; at++)
            {
                if (text[at] != '\n') clean[at] = ' ';
            }

            at--;
        }

        return clean.ToString();
    }
}
