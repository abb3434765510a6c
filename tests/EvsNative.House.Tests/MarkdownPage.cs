using System.Text;
using System.Text.RegularExpressions;

namespace EvsNative.House.Tests;

/// <summary>A page of Markdown: what it links to, and the places in it that can be linked to. Code on it is code, no links.</summary>
internal sealed partial class MarkdownPage
{
    /// <param name="path">from the root of the repository, with slashes</param>
    /// <param name="text">the page's text</param>
    public MarkdownPage(string path, string text)
    {
        Path = path;
        string prose = Fence().Replace(text, Blank);
        Anchors = [.. NamesOf(Heading().Matches(prose).Select(match => Slug(match.Groups[1].Value)))];
        Files = [.. Code().Matches(prose).Select(match => match.Groups[1].Value).Where(word => NamedFile().IsMatch(word)).Distinct()];
        string plain = Code().Replace(prose, Blank);
        Targets = [.. Link().Matches(plain).Select(match => (match.Groups[1].Value, Line(plain, match.Index)))];
    }

    /// <summary>The path from the root of the repository.</summary>
    public string Path { get; }

    /// <summary>What stands in the brackets of links and pictures, with its line.</summary>
    public IReadOnlyList<(string Target, int Line)> Targets { get; }

    /// <summary>The names that sites give to the headings.</summary>
    public HashSet<string> Anchors { get; }

    /// <summary>Files of the repository that it names as code.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What is wrong with the links and the named files.</summary>
    /// <param name="exists">whether a path from the root of the repository is a file or folder</param>
    /// <param name="pages">the pages by their paths</param>
    public IEnumerable<string> Broken(Func<string, bool> exists, IReadOnlyDictionary<string, MarkdownPage> pages)
    {
        foreach (var (target, line) in Targets)
        {
            if (Complaint(target, exists, pages) is { } complaint) yield return $"{Path}:{line}: {target}: {complaint}";
        }

        foreach (string file in Files.Where(file => !exists(file))) yield return $"{Path}: there is no {file}";
    }

    private string? Complaint(string target, Func<string, bool> exists, IReadOnlyDictionary<string, MarkdownPage> pages)
    {
        if (target.Contains(':', StringComparison.Ordinal))
        {
            bool isWeb = Uri.TryCreate(target, UriKind.Absolute, out var uri) && uri.Scheme == "https" && uri.Host.Contains('.');
            return isWeb ? null : "no address that begins with https://";
        }

        string[] parts = target.Split('#', 2);
        string? path = parts[0].Length == 0 ? Path : FromRoot(parts[0]);
        if (path is null) return "leads out of the repository";
        if (!exists(path)) return "leads to nothing";
        if (parts.Length == 1) return null;
        if (!pages.TryGetValue(path, out var page)) return "a place in what is no page";
        return page.Anchors.Contains(parts[1]) ? null : "there is no such heading";
    }

    /// <summary>A path beside this page as one from the root; null if it is above the root.</summary>
    private string? FromRoot(string target)
    {
        var parts = new List<string>(Path.Split('/')[..^1]);
        foreach (string part in target.TrimEnd('/').Split('/'))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return null;
            else parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    /// <summary>A heading's name: small letters, digits, hyphens for spaces, nothing of marks.</summary>
    private static string Slug(string heading)
    {
        var name = new StringBuilder();
        foreach (char c in LinkText().Replace(heading, "$1").Trim().ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '_' or '-') name.Append(c);
            else if (c == ' ') name.Append('-');
        }

        return name.ToString();
    }

    /// <summary>The second heading of a name gets a number.</summary>
    private static IEnumerable<string> NamesOf(IEnumerable<string> slugs) =>
        slugs.GroupBy(slug => slug).SelectMany(same => same.Select((slug, i) => i == 0 ? slug : $"{slug}-{i}"));

    private static int Line(string text, int at) => text.AsSpan(0, at).Count('\n') + 1;

    private static string Blank(Match match) => string.Concat(match.Value.Select(c => c == '\n' ? c : ' '));

    [GeneratedRegex(@"^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^#{1,6} +(.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    /// <summary>In brackets behind a text, or behind the colon of a reference.</summary>
    [GeneratedRegex(@"(?:\]\(|^\[[^\]\n]+\]: *(?=\S+\s*$)|(?:src|href)="")([^)\s""]+)", RegexOptions.Multiline)]
    private static partial Regex Link();

    [GeneratedRegex(@"!?\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    /// <summary>A path from the root without blanks and placeholders.</summary>
    [GeneratedRegex(@"^(?:src|tests|bench|docs|weights|\.ci)/[\w./-]*\w$(?<!/X[A-Z]\w*\.cs)")]
    private static partial Regex NamedFile();
}
