using System.Text.RegularExpressions;

namespace EvsNative.Models;

/// <summary>
/// A name in a hub of models: <c>owner/name</c>, <c>owner/name@revision</c>, <c>owner/name/file</c>, or the address of such a page.
/// </summary>
/// <param name="Owner">a person or an organisation</param>
/// <param name="Model">the repository</param>
/// <param name="Revision">a branch, a tag or a commit; the main branch if absent</param>
/// <param name="File">a file or a folder in it, with slashes; all of it if absent</param>
public sealed partial record HubName(string Owner, string Model, string? Revision = null, string? File = null)
{
    /// <summary>The public hub.</summary>
    public const string Home = "https://huggingface.co";

    /// <summary>The branch that is meant where none is said.</summary>
    public const string MainBranch = "main";

    private static readonly string[] Homes = [Home, "https://www.huggingface.co", "https://hf.co", "http://huggingface.co"];

    /// <summary>Words of a page's address between the repository and the revision.</summary>
    private static readonly string[] PageWords = ["resolve", "blob", "tree", "raw"];

    /// <summary>Owner and model.</summary>
    public string Repository => $"{Owner}/{Model}";

    /// <summary>The name of its folder in a cache.</summary>
    public string CacheFolder => $"models--{Owner}--{Model}";

    /// <summary>As it is written.</summary>
    public override string ToString() =>
        Repository + (Revision is null ? "" : $"@{Revision}") + (File is null ? "" : $"/{File}");

    /// <summary>The name that a text is; null if it is none.</summary>
    /// <param name="text">a name, or an address of the public hub or of <paramref name="endpoint"/></param>
    /// <param name="endpoint">another hub's address</param>
    public static HubName? TryParse(string text, string? endpoint = null)
    {
        var (path, isAddress) = WithoutAddress(text, endpoint);
        string[] words = path.TrimEnd('/').Split('/');
        if (words.Length < 2) return null;
        string[] second = words[1].Split('@', 2);
        string? revision = second.Length > 1 ? second[1] : null;
        int at = 2;
        if (isAddress && words.Length > 3 && PageWords.Contains(words[2])) (revision, at) = (words[3], 4);
        // refs/pr/7: the one kind of revision with slashes that everybody writes.
        if (revision == "refs" && words.Length >= at + 2) (revision, at) = ($"refs/{words[at]}/{words[at + 1]}", at + 2);
        if (!IsSegment(words[0]) || !IsSegment(second[0])) return null;
        if (revision is not null && !IsRevision(revision)) return null;
        string? file = words.Length > at ? string.Join('/', words[at..]) : null;
        return file is null || IsFile(file) ? new HubName(words[0], second[0], revision, file) : null;
    }

    /// <summary>Whether a text may be a branch, a tag or a commit.</summary>
    public static bool IsRevision(string text) =>
        Revisions().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.EndsWith('/');

    /// <summary>Whether a text is a commit's full hash, which never comes to mean something else.</summary>
    public static bool IsCommit(string text) => Commits().IsMatch(text);

    /// <summary>Whether a text is a path below a folder: relative, with slashes, nothing in it that leads out or hides.</summary>
    public static bool IsFile(string path) =>
        path.Length is > 0 and <= 1024 && path.Split('/').All(word =>
            word.Length is > 0 and <= 255 && word is not ("." or "..") && !word.Any(c => char.IsControl(c) || c is '\\' or ':'));

    /// <summary>Owners and models: letters, digits and <c>._-</c>, the ends and neighbours of which are held to rules.</summary>
    private static bool IsSegment(string word) =>
        Segments().IsMatch(word) && !word.Contains("--", StringComparison.Ordinal) && !word.Contains("..", StringComparison.Ordinal)
        && !word.EndsWith(".git", StringComparison.Ordinal);

    private static (string Path, bool IsAddress) WithoutAddress(string text, string? endpoint)
    {
        foreach (string home in endpoint is null ? Homes : [endpoint, .. Homes])
        {
            if (!text.StartsWith($"{home}/", StringComparison.OrdinalIgnoreCase)) continue;
            string path = text[(home.Length + 1)..].Split('?', '#')[0];
            return (Uri.UnescapeDataString(path), true);
        }

        return (text, false);
    }

    [GeneratedRegex(@"^[A-Za-z0-9_]([A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$")]
    private static partial Regex Segments();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._/-]{0,199}$")]
    private static partial Regex Revisions();

    [GeneratedRegex("^([0-9a-f]{40}|[0-9a-f]{64})$")]
    private static partial Regex Commits();
}
