using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A text file with a prompt for each range of frames, one a line: <c>0-15: a fox</c>, <c>16-: a wolf</c> up to the end, <c>5: a hare</c>
/// for one frame, <c>0-7 negative: snow</c> for what not to show. Frames count from 0. Empty lines and those that begin with # are left
/// out. UTF-8.
/// </summary>
internal static partial class PromptFile
{
    private const string Wanted = "a line is 0-15: and a prompt";

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">it is not there, too large, no text, or a line is no prompt for a range of frames</exception>
    public static ClipPrompts Read(string path) => Parse(OrdinaryFile.ReadAll(path, InputLimits.PromptBytes, "a file of prompts"), path);

    /// <summary>Understands the content of a file.</summary>
    internal static ClipPrompts Parse(ReadOnlySpan<byte> content, string origin)
    {
        if (!Utf8.IsValid(content) || content.Contains((byte)0))
            throw new InputException(InputCode.Damaged, $"{origin}: not UTF-8 text: save it as UTF-8");
        string text = Encoding.UTF8.GetString(content).TrimStart('\uFEFF');
        if (text.TrimStart() is ['{' or '[' or '"', ..])
            throw new InputException(InputCode.WrongKind, $"{origin}: JSON, or something like it, where plain lines are needed: {Wanted}");
        List<FramePrompt> ranges = [], negatives = [];
        int number = 0;
        foreach (var piece in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = piece.Trim();
            if (line.IsEmpty || line[0] == '#') continue;
            var (range, isNegative) = Line($"{line}", $"{origin}: line {number}");
            (isNegative ? negatives : ranges).Add(range);
        }

        if (ranges.Count == 0) throw new InputException(InputCode.Incomplete, $"{origin}: holds no prompt: {Wanted}");
        return new ClipPrompts(ranges, negatives);
    }

    private static (FramePrompt Range, bool IsNegative) Line(string line, string origin)
    {
        if (Lines().Match(line) is not { Success: true } match)
        {
            string start = InputText.Name(InputText.OneLine(line), most: 40);
            throw new InputException(
                InputCode.Damaged, $"{origin}: begins with no range of frames ({start}): {Wanted}, 0-: one for all frames");
        }

        int first = Number(match.Groups["first"].Value, origin);
        string end = match.Groups["last"].Value;
        int? last = !match.Groups["dash"].Success ? first : end.Length == 0 ? null : Number(end, origin);
        if (last < first)
        {
            throw new InputException(
                InputCode.OutOfRange, $"{origin}: the range {first}-{last} ends before it begins: write {last}-{first}");
        }

        return (new FramePrompt(first, last, match.Groups["prompt"].Value.Trim(), origin), match.Groups["negative"].Success);
    }

    private static int Number(string digits, string origin) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new InputException(InputCode.OutOfRange, $"{origin}: frame {InputText.Name(digits, most: 20)} is beyond any clip");

    [GeneratedRegex(
        @"\A(?<first>[0-9]+)\s*(?<dash>[-\u2013]\s*(?<last>[0-9]*))?\s*(?<negative>negative)?\s*:(?<prompt>.*)\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Lines();
}
