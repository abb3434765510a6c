using System.Text.RegularExpressions;

namespace EvsNative.House.Tests;

/// <summary>
/// A file of C# read word by word: which types it declares, and which names stand where a type can stand. It reads words, not their
/// meaning: types that are only inferred and methods of extension are not seen.
/// </summary>
internal sealed partial class SourceFile
{
    /// <summary>
    /// Words that may stand before a type. Behind any other word a name is what is being declared, and the word its type.
    /// </summary>
    private static readonly HashSet<string> BeforeTypes =
    [
        .. ("new return throw await in is as case when typeof sizeof nameof default where out ref params this else do yield "
            + "if while foreach switch public private internal protected static readonly const sealed abstract virtual "
            + "override async unsafe partial file using operator implicit explicit extern event fixed stackalloc required "
            + "scoped global not and or with").Split(' '),
    ];

    private static readonly HashSet<string> Kinds = ["class", "struct", "interface", "enum", "record", "delegate"];
    private static readonly HashSet<string> Operators = ["is", "as", "switch", "when", "with", "in", "and", "or", "where"];
    private readonly List<(string Word, int At)> _words = [];

    /// <summary>Names that the file gives to types inside its types, and so to no other type.</summary>
    private readonly HashSet<string> _inner = [];

    /// <summary>Names that the file gives to members and variables.</summary>
    private readonly HashSet<string> _members = [];

    private readonly string _text;

    /// <param name="path">from the root of the repository, with slashes</param>
    /// <param name="text">the file's text</param>
    public SourceFile(string path, string text)
    {
        (Path, _text) = (path, text);
        string[] parts = path.Split('/');
        Folder = string.Join('/', parts[1..^1]).Replace("EvsNative.", "", StringComparison.Ordinal);
        string code = CodeText.Of(text);
        Namespace = NamespaceLine().Match(code) is { Success: true } found ? found.Groups[1].Value : "";
        Usings = [.. UsingLine().Matches(code).Select(match => match.Groups[1].Value)];
        foreach (Match match in Words().Matches(UsingLine().Replace(NamespaceLine().Replace(code, Blank), Blank)))
            _words.Add((match.Value, match.Index));
        Declare();
    }

    /// <summary>The path from the root of the repository.</summary>
    public string Path { get; }

    /// <summary>The folder below src, without the projects' common prefix: <c>Kernels/Gemm/Cpu</c>.</summary>
    public string Folder { get; }

    /// <summary>The namespace of the file, empty if it has none.</summary>
    public string Namespace { get; }

    /// <summary>The namespaces that the file uses.</summary>
    public IReadOnlyList<string> Usings { get; }

    /// <summary>The types that the file declares outside other types.</summary>
    public HashSet<string> Types { get; } = [];

    /// <summary>Names that may be types, with the namespace said before them (or nothing) and the line.</summary>
    /// <param name="spaces">all words of all namespaces</param>
    public IEnumerable<(string Name, string Space, int Line)> Uses(IReadOnlySet<string> spaces)
    {
        for (int i = 0; i < _words.Count; i++)
        {
            string name = _words[i].Word;
            if (!char.IsUpper(name[0]) || Types.Contains(name) || _inner.Contains(name) || !CanBeType(i)) continue;
            string space = "";
            int before = i;
            while (Word(before - 1) == "." && spaces.Contains(Word(before - 2)))
            {
                before -= 2;
                space = space.Length == 0 ? Word(before) : $"{Word(before)}.{space}";
            }

            if (Word(before - 1) != ".") yield return (name, space, _text.AsSpan(0, _words[i].At).Count('\n') + 1);
        }
    }

    private static string Blank(Match match) => new(' ', match.Length);

    private string Word(int i) => i >= 0 && i < _words.Count ? _words[i].Word : "";

    private bool IsName(int i) => Word(i) is { Length: > 0 } word && (char.IsLetter(word[0]) || word[0] == '_');

    /// <summary>True if the name is declared here: a member, a variable, a parameter.</summary>
    private bool IsDeclared(int i) =>
        IsName(i - 1) ? !BeforeTypes.Contains(Word(i - 1)) && !Kinds.Contains(Word(i - 1)) && !Operators.Contains(Word(i - 1))
        : Word(i - 1) is ">" or "]" or "?" or ")" && Word(i + 1) is ";" or "," or ")" or "=" or "{" or "(" or "=>"
            && (IsName(i - 2) || Word(i - 1) != "?");

    private bool CanBeType(int i)
    {
        string before = Word(i - 1), after = Word(i + 1);
        if (before == "->" || IsDeclared(i)) return false;
        // The name of an argument, of a property in an initializer.
        if ((after == ":" && before is "(" or ",") || (after == "=" && before is "{" or ",")) return false;
        if (after == "(" && before is not ("new" or "[" or ":" or "is" or "case" or "not" or "or" or "and" or ".")) return false;
        // A member may have its type's name; then only what declares or makes something is the type.
        return !_members.Contains(Word(i)) || before == "new" || (IsName(i + 1) && !Operators.Contains(after));
    }

    private void Declare()
    {
        int depth = 0;
        for (int i = 0; i < _words.Count; i++)
        {
            string word = Word(i);
            depth += word == "{" ? 1 : word == "}" ? -1 : 0;
            if (char.IsUpper(word[0]) && IsDeclared(i)) _members.Add(word);
            if (!Kinds.Contains(word) || Word(i - 1) is ":" or "," || !IsName(i + 1) || Word(i + 1) is "class" or "struct") continue;
            int name = i + 1;
            if (word == "delegate") while (name < _words.Count && Word(name + 1) is not ("(" or "<")) name++;
            (depth == 0 ? Types : _inner).Add(Word(name));
            if (word != "enum") continue;
            for (int value = i; Word(value) is not ("}" or ""); value++)
                if (Word(value - 1) is "{" or ",") _members.Add(Word(value));
        }

        _members.ExceptWith(Types);
    }

    [GeneratedRegex(@"[A-Za-z_]\w*|\d[\w.]*|=>|->|==|::|\S")]
    private static partial Regex Words();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();
}
