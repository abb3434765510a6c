using System.Text.RegularExpressions;

namespace EvsNative.Models;

/// <summary>
/// What means something in the prompts of other programs (A1111's web UI and its extensions, ComfyUI, InvokeAI, NovelAI) and is not
/// computed here: schedules, alternation, choices, wildcards, AND. It is found, not understood, and read as plain words with its brackets.
/// Faces are letters too.
/// </summary>
internal static partial class PromptSyntax
{
    /// <summary>Looks through a prompt without tags.</summary>
    /// <returns>the places of brackets that are letters, and what was found</returns>
    public static (IReadOnlySet<int> Letters, IReadOnlyList<PromptRemark> Remarks) Read(string prompt)
    {
        var letters = new HashSet<int>();
        foreach (Match face in Faces().Matches(prompt)) letters.UnionWith(Enumerable.Range(face.Index, face.Length));
        var remarks = Brackets(prompt, letters);
        bool isShouted = !prompt.Any(char.IsLower);
        foreach (Match word in Words().Matches(prompt))
        {
            string kind = word.Groups["keyword"].Success ? "keyword"
                : word.Groups["wildcard"].Success ? "wildcard"
                : word.Groups["tag"].Success ? "tag that is not closed"
                : "weight behind a bracket";
            if (kind != "keyword" || !isShouted) remarks.Add(new PromptRemark(word.Index, kind, word.Value));
        }

        return (letters, remarks);
    }

    /// <summary>
    /// Every pair of brackets that means something else than a weight. Those without a partner mean nothing. Square ones become letters.
    /// </summary>
    private static List<PromptRemark> Brackets(string prompt, HashSet<int> letters)
    {
        var found = new List<PromptRemark>();
        var open = new Stack<Frame>();
        for (int i = 0; i < prompt.Length; i++)
        {
            char c = prompt[i];
            if (c == '\\') i++;
            else if (letters.Contains(i)) continue;
            else if (c is '(' or '[' or '{') open.Push(new Frame(i));
            else if (!open.TryPeek(out var frame)) continue;
            else if (c == '|') frame.HasBar = true;
            else if (c == ':') frame.Colon = i;
            else if (char.IsLetterOrDigit(c)) frame.HasWord = true;
            else if (c is ')' or ']' or '}' && Partner(prompt[frame.At]) == c)
            {
                open.Pop();
                if (open.TryPeek(out var around)) around.HasWord |= frame.HasWord;
                if (Kind(prompt, frame, i) is not { } kind) continue;
                int extra = kind == "weight" ? 1 : 0;
                found.Add(new PromptRemark(frame.At - extra, kind, prompt[(frame.At - extra)..(i + 1 + extra)]));
                if (c == ']') letters.UnionWith([frame.At, i]);
            }
        }

        return found;
    }

    private static string? Kind(string prompt, Frame frame, int end)
    {
        if (!frame.HasWord) return null;
        char bracket = prompt[frame.At];
        if (bracket == '[')
        {
            if (frame.HasBar) return "alternation";
            return frame.Colon is { } colon && Number().IsMatch(prompt.AsSpan(colon + 1, end - colon - 1)) ? "schedule" : null;
        }

        bool isDoubled = frame.At > 0 && end + 1 < prompt.Length && prompt[frame.At - 1] == '{' && prompt[end + 1] == '}';
        return bracket != '{' ? null : frame.HasBar ? "choice" : isDoubled ? "weight" : null;
    }

    private static char Partner(char open) => open switch { '(' => ')', '[' => ']', _ => '}' };

    /// <summary>Eyes that no word stands before, perhaps a nose, a mouth or several, and no word behind.</summary>
    [GeneratedRegex(@"(?<![^\s()\[\]])[:;=][-'^]?(\(+|\[+|[)\]])(?![^\s()\[\].,!?;])", RegexOptions.CultureInvariant)]
    private static partial Regex Faces();

    [GeneratedRegex(@"\A\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(
        @"(?<keyword>\bAND\b)|(?<wildcard>(?<!_)__[A-Za-z0-9*/-]+(_[A-Za-z0-9*/-]+)*__(?!_))"
        + @"|(?<tag><\s*(?i:lora|lyco|locon|loha|lokr|hypernet)\s*:[^<>,]{0,40})"
        + @"|\)(\+{1,9}|--{1,9}|[0-9]+\.[0-9]+)(?![\w+-])",
        RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    /// <summary>A bracket that is open, and what was seen in it.</summary>
    private sealed class Frame(int at)
    {
        public int At => at;

        public bool HasBar { get; set; }

        public bool HasWord { get; set; }

        public int? Colon { get; set; }
    }
}
