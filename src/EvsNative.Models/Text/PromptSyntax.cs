using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// What means something in the prompts of other programs (A1111's web UI, ComfyUI, and their kin) and is plain words here. It is found, not
/// understood: a line says that it does nothing.
/// </summary>
/// <remarks>
/// A1111 would also read a single pair of round brackets as weight 1.1, and all-capital AND or BREAK in a prompt of capitals; people write
/// both without meaning it, so they are passed over. So are times and ratios in brackets, as (at 10:30), and brackets that are faces, as
/// :( and ;).
/// </remarks>
internal static partial class PromptSyntax
{
    private const int LongestExample = 24, MostKinds = 5, LongestTag = 200;

    /// <summary>A line for each of the two that holds any.</summary>
    /// <param name="prompt">what to show</param>
    /// <param name="negative">what not to show</param>
    public static IEnumerable<Notice> Notices(string prompt, string negative)
    {
        if (Sentence("prompt", prompt) is { } line) yield return new Notice(NoticeCode.PromptSyntax, line);
        if (Sentence("negative prompt", negative) is { } other) yield return new Notice(NoticeCode.PromptSyntax, other);
    }

    /// <summary>Each kind that a prompt holds, with its first example, in the order of the prompt.</summary>
    public static IReadOnlyList<(string Kind, string Example)> Find(string prompt)
    {
        bool isShouted = !prompt.Any(char.IsLower);
        var found = new List<(int At, string Kind, string Example)>();
        found.AddRange(Brackets(prompt));
        foreach (Match word in Words().Matches(prompt))
        {
            string kind = word.Groups["keyword"].Success ? "keyword" : word.Groups["wildcard"].Success ? "wildcard" : "embedding";
            if (kind != "keyword" || !isShouted) found.Add((word.Index, kind, word.Value));
        }

        return [.. found.OrderBy(one => one.At).DistinctBy(one => one.Kind).Select(one => (one.Kind, one.Example))];
    }

    private static string? Sentence(string which, string prompt)
    {
        var found = Find(prompt);
        if (found.Count == 0) return null;
        var named = found.Take(MostKinds)
            .Select(one => $"{one.Kind} '{InputText.Name(InputText.OneLine(one.Example), LongestExample)}'");
        string more = found.Count > MostKinds ? $" and {found.Count - MostKinds} kinds more" : "";
        return $"the {which} has {string.Join(", ", named)}{more}, which other programs understand and this one reads as plain words: "
            + "leave out what is no word";
    }

    /// <summary>Every pair of brackets that means something. Those without a partner mean nothing, as in A1111.</summary>
    private static IEnumerable<(int At, string Kind, string Example)> Brackets(string prompt)
    {
        var open = new Stack<int>();
        for (int i = 0; i < prompt.Length; i++)
        {
            char c = prompt[i];
            if (c == '\\' && i + 1 < prompt.Length && prompt[i + 1] is '(' or ')' or '[' or ']')
            {
                yield return (i, "escaped bracket", prompt.Substring(i, 2));
                i++;
            }
            else if (c == '<' && Tag(prompt, i) is { } tag)
            {
                yield return (i, "extra network", tag);
                i += tag.Length - 1;
            }
            else if (c is '(' or '[' or '{')
            {
                if (!IsFace(prompt, i)) open.Push(i);
                else while (i + 1 < prompt.Length && prompt[i + 1] == c) i++;
            }
            else if (c is ')' or ']' or '}' && open.TryPeek(out int start) && Partner(prompt[start]) == c)
            {
                open.Pop();
                bool isDoubled = start > 0 && i + 1 < prompt.Length && prompt[start - 1] == prompt[start] && prompt[i + 1] == c;
                int around = isDoubled ? 1 : 0;
                if (Kind(prompt[start], prompt.AsSpan(start + 1, i - start - 1), isDoubled) is { } kind)
                    yield return (start - around, kind, prompt[(start - around)..(i + 1 + around)]);
            }
        }
    }

    private static string? Kind(char open, ReadOnlySpan<char> inside, bool isDoubled)
    {
        if (!Word().IsMatch(inside)) return null;
        return open switch
        {
            '(' => IsWeighted(inside) || isDoubled ? "weight" : null,
            '{' => inside.Contains('|') ? "choice" : isDoubled ? "weight" : null,
            _ => inside.Contains('|') ? "alternation" : IsNumbered(inside) ? "schedule" : "weight",
        };
    }

    /// <summary>A colon and a number at the end, which is no time and no ratio.</summary>
    private static bool IsWeighted(ReadOnlySpan<char> inside)
    {
        int colon = inside.LastIndexOf(':');
        return IsNumbered(inside) && !(colon > 0 && char.IsDigit(inside[colon - 1]));
    }

    private static bool IsNumbered(ReadOnlySpan<char> inside)
    {
        int colon = inside.LastIndexOf(':');
        return colon >= 0 && Number().IsMatch(inside[(colon + 1)..]);
    }

    private static string? Tag(string prompt, int at)
    {
        int end = prompt.IndexOf('>', at, Math.Min(LongestTag, prompt.Length - at));
        return end > 0 && NetworkTag().IsMatch(prompt.AsSpan(at, end + 1 - at)) ? prompt[at..(end + 1)] : null;
    }

    /// <summary>A bracket behind eyes, with or without a nose.</summary>
    private static bool IsFace(string prompt, int at)
    {
        int eyes = at > 0 && prompt[at - 1] is '-' or '\'' or '^' ? at - 2 : at - 1;
        return eyes >= 0 && prompt[eyes] is ':' or ';' or '=';
    }

    private static char Partner(char open) => open switch { '(' => ')', '[' => ']', _ => '}' };

    [GeneratedRegex(@"[\p{L}\p{N}]", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"\A<(lora|lyco|locon|loha|hypernet|ti|embedding)\s*:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NetworkTag();

    [GeneratedRegex(
        @"(?<keyword>\b(BREAK|AND)\b)|(?<wildcard>(?<!_)__[A-Za-z0-9*/-]+(_[A-Za-z0-9*/-]+)*__(?!_))|\bembedding:[\w.-]+",
        RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
