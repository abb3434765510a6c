using System.Text;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What a clip shows: one prompt for all frames, or one for each range of frames. A text is a prompt for all frames.</summary>
/// <param name="Ranges">what to show; together they are all frames, each once</param>
/// <param name="Negatives">what not to show, where it is something else than for the rest of the clip; each frame at most once</param>
public sealed record ClipPrompts(IReadOnlyList<FramePrompt> Ranges, IReadOnlyList<FramePrompt> Negatives)
{
    /// <summary>One prompt for all frames.</summary>
    public static implicit operator ClipPrompts(string prompt) => FromString(prompt);

    /// <summary>True if there is one prompt for all frames and nothing else.</summary>
    internal bool IsPlain => Ranges is [{ First: 0, Last: null }] && Negatives.Count == 0;

    /// <summary>One prompt for all frames.</summary>
    public static ClipPrompts FromString(string prompt) => new([new FramePrompt(0, null, prompt)], []);

    /// <summary>Reads a file of prompts; see <see cref="PromptFile"/>.</summary>
    /// <exception cref="InputException">it is not there, or a line of it is no prompt for a range of frames</exception>
    public static ClipPrompts Read(string path) => PromptFile.Read(path);

    /// <summary>The same from the text of such a file.</summary>
    /// <param name="text">its lines</param>
    /// <param name="origin">where it stands, for messages</param>
    /// <exception cref="InputException">a line of it is no prompt for a range of frames</exception>
    public static ClipPrompts Parse(string text, string origin) => PromptFile.Parse(Encoding.UTF8.GetBytes(text), origin);

    /// <summary>The prompts with their texts changed.</summary>
    public ClipPrompts With(Func<FramePrompt, string> text) =>
        this with { Ranges = [.. Ranges.Select(range => range with { Text = text(range) })] };

    /// <summary>The prompt, or all of them with their ranges.</summary>
    public override string ToString() => IsPlain ? Ranges[0].Text : string.Join("; ", Lines);

    /// <summary>As the lines of a file, one for each range.</summary>
    public IEnumerable<string> Lines =>
        Ranges.Select(range => $"{range}").Concat(Negatives.Select(range => $"{range.Range} negative: {range.Text}"));

    /// <summary>The prompts of a clip's frames, in order: runs of frames with their counts.</summary>
    /// <exception cref="InputException">a frame has none or two, or a range goes past the clip</exception>
    internal IReadOnlyList<(FramePrompt Prompt, int Frames)> Over(int frames)
    {
        if (IsPlain) return [(Ranges[0], frames)];
        var runs = Runs(Ranges, frames);
        int next = 0;
        foreach (var (prompt, first, count) in runs)
        {
            if (first > next) throw Hole(next, first - 1);
            next = first + count;
        }

        return next == frames ? [.. runs.Select(run => (run.Prompt, run.Count))] : throw Hole(next, frames - 1);

        InputException Hole(int from, int to)
        {
            string which = from == to ? $"frame {from} has" : $"frames {from} to {to} have";
            string origin = Ranges is [{ Origin: { } place }, ..] ? place.Split(": line")[0] : "prompts";
            return new InputException(
                InputCode.Incomplete, $"{origin}: {which} no prompt (frames count from 0): add a line that begins with {from}-{to}:");
        }
    }

    /// <summary>The negative prompts of a clip's frames, in order, with the one for the rest of the clip between them.</summary>
    /// <param name="frames">frames of the clip</param>
    /// <param name="otherwise">the negative prompt of the rest</param>
    /// <exception cref="InputException">a frame has two, or a range goes past the clip</exception>
    internal IReadOnlyList<(FramePrompt Prompt, int Frames)> NegativesOver(int frames, string otherwise)
    {
        var rest = new FramePrompt(0, null, otherwise);
        if (Negatives.Count == 0) return [(rest, frames)];
        var filled = new List<(FramePrompt, int)>();
        int next = 0;
        foreach (var (prompt, first, count) in Runs(Negatives, frames))
        {
            if (first > next) filled.Add((rest, first - next));
            filled.Add((prompt, count));
            next = first + count;
        }

        if (next < frames) filled.Add((rest, frames - next));
        return filled;
    }

    private static List<(FramePrompt Prompt, int First, int Count)> Runs(IReadOnlyList<FramePrompt> ranges, int frames)
    {
        var runs = new List<(FramePrompt Prompt, int First, int Count)>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            int last = range.Last ?? frames - 1;
            if (range.First >= frames || last >= frames)
            {
                throw new InputException(
                    InputCode.OutOfRange,
                    $"{range.Origin}: frames {range.Range} are not all in the clip, which has {frames}, 0 to {frames - 1}: "
                    + $"write {Math.Min(range.First, frames - 1)}- for all up to its end");
            }

            if (runs is [.., var before] && range.First < before.First + before.Count)
            {
                throw new InputException(
                    InputCode.Conflict,
                    $"{range.Origin}: frame {range.First} has a prompt already, in the range {before.Prompt.Range}: each frame has one");
            }

            runs.Add((range, range.First, last - range.First + 1));
        }

        return runs;
    }
}
