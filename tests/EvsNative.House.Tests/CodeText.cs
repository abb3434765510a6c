namespace EvsNative.House.Tests;

/// <summary>
/// The code of a file without what is written for people: comments and literals become spaces. Lines and columns stay, and so does the code
/// in the holes of interpolated strings, each behind a plus.
/// </summary>
internal sealed class CodeText
{
    private readonly string _text;
    private readonly char[] _code;
    private int _at;

    private CodeText(string text)
    {
        _text = text;
        _code = [.. text.Select(c => c == '\n' ? c : ' ')];
        Code(isHole: false);
    }

    /// <summary>The code alone, as long as the text.</summary>
    public static string Of(string text) => new(new CodeText(text)._code);

    /// <summary>Copies code up to the end of the text or of the hole.</summary>
    private void Code(bool isHole)
    {
        int depth = 0;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (Is("//")) _at = After("\n") - 1;
            else if (Is("/*")) _at = After("*/");
            else if (c == '\'') Character();
            else if (c == '"' || Is("$\"") || Is("@\"") || Is("$@") || Is("@$") || Is("$$")) Literal();
            else
            {
                if (c is '(' or '[' or '{') depth++;
                if (c is ')' or ']' or '}' && depth-- == 0 && isHole) return;
                _code[_at++] = c;
            }
        }
    }

    private void Character()
    {
        for (_at++; _at < _text.Length && _text[_at] != '\''; _at++)
        {
            if (_text[_at] == '\\') _at++;
        }

        _at++;
    }

    /// <summary>Steps over a string of any kind; its holes are code again.</summary>
    private void Literal()
    {
        bool isVerbatim = false;
        int dollars = 0;
        for (; _text[_at] != '"'; _at++)
        {
            isVerbatim |= _text[_at] == '@';
            dollars += _text[_at] == '$' ? 1 : 0;
        }

        int quotes = Run('"');
        bool isRaw = quotes >= 3 && !isVerbatim;
        _at += isRaw ? quotes : 1;
        while (_at < _text.Length)
        {
            int opened = dollars > 0 ? Run('{') : 0, needed = isRaw ? dollars : 1;
            if (opened > 0 && opened >= needed && (isRaw || opened % 2 == 1))
            {
                _at += opened;
                _code[_at - 1] = '+';
                Code(isHole: true);
                _at += needed;
            }
            else if (opened > 0) _at += opened;
            else if (isVerbatim && Is("\"\"")) _at += 2;
            else if (isRaw ? Run('"') >= quotes : Is("\""))
            {
                _at += isRaw ? quotes : 1;
                return;
            }
            else _at += !isRaw && !isVerbatim && Is("\\") ? 2 : 1;
        }
    }

    private bool Is(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private int After(string word) =>
        _text.IndexOf(word, _at, StringComparison.Ordinal) is >= 0 and var found ? found + word.Length : _text.Length + 1;

    /// <summary>How many of this character follow one another here.</summary>
    private int Run(char c) => _text.AsSpan(_at).IndexOfAnyExcept(c) is >= 0 and var run ? run : _text.Length - _at;
}
