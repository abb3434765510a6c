using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What has to be said of a prompt: a line for each thing in it that does nothing, and how to get it.</summary>
internal static partial class PromptNotices
{
    private const int LongestExample = 24, MostNamed = 5, LongestName = 60;

    /// <summary>The lines.</summary>
    /// <param name="which">which prompt, for the sentence: "the negative prompt"</param>
    /// <param name="prompt">the prompt</param>
    /// <param name="words">the textual inversions that are loaded</param>
    public static IEnumerable<Notice> Of(string which, PromptText prompt, PromptWords words)
    {
        if (prompt.Remarks.Count > 0)
        {
            string kinds = List([.. prompt.Remarks.Select(one => $"{one.Kind} '{Short(one.Example)}'")], "kinds more");
            yield return Line(
                $"{which} has {kinds}, which other programs understand and this one reads as plain words: leave out what is no word");
        }

        foreach (var tags in prompt.Tags.GroupBy(tag => tag.IsLora)) yield return Line(Unloaded(which, [.. tags], Remedy(which)));
        string[] unknown =
        [
            .. prompt.Pieces.SelectMany(piece => words.Split(piece.Text ?? "")).Where(part => part.Rows.Count == 0)
                .SelectMany(part => Embeddings().Matches(part.Text)).Select(match => match.Groups["name"].Value)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        if (unknown.Length == 0) yield break;
        string named = List([.. unknown.Select(name => $"embedding:{Short(name)}")], "more");
        yield return Line(
            $"{which} has {named}, which is not loaded and read as plain words: load its file with --embedding FILE:{Short(unknown[0])}");
    }

    /// <summary>A line for textual inversions whose word stands nowhere.</summary>
    /// <param name="texts">prompts and negative prompts</param>
    /// <param name="words">the textual inversions that are loaded</param>
    public static IEnumerable<Notice> Unwritten(IEnumerable<string> texts, PromptWords words)
    {
        var left = words.NotIn(texts.SelectMany(text => PromptText.Parse(text).Pieces).Select(piece => piece.Text ?? ""));
        foreach (var (name, origin) in left)
        {
            yield return new Notice(
                NoticeCode.Unused,
                $"{origin}: its word {InputText.Quote(name)} is in no prompt, so it changes nothing: write it where it is meant");
        }
    }

    /// <summary>A line for tags that load nothing.</summary>
    /// <param name="which">which prompt</param>
    /// <param name="tags">at least one</param>
    /// <param name="otherwise">why, and what to do, for LoRAs</param>
    public static string Unloaded(string which, IReadOnlyList<PromptTag> tags, string otherwise)
    {
        string named = List([.. tags.Select(tag => InputText.Name(InputText.OneLine(tag.Written), LongestName))], "more");
        string why = tags[0].IsLora ? otherwise : "hypernetworks are not computed here: leave it out";
        return $"{which} has {named}, which does nothing and is left out: {why}";
    }

    private static string Remedy(string which) => which.Contains("negative", StringComparison.Ordinal)
        ? "tags of the prompt load LoRAs, those of the negative prompt do not"
        : "no LoRA was asked for; give its file with --lora";

    private static string List(string[] all, string what) =>
        string.Join(", ", all.Take(MostNamed)) + (all.Length > MostNamed ? $" and {all.Length - MostNamed} {what}" : "");

    private static string Short(string example) => InputText.Name(InputText.OneLine(example), LongestExample);

    private static Notice Line(string message) => new(NoticeCode.PromptSyntax, message);

    [GeneratedRegex(@"\bembedding:(?:[\w.-]+[/\\])*(?<name>[\w.-]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Embeddings();
}
