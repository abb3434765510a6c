using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>The frames of a clip that are read: one row of neighbours.</summary>
/// <param name="First">number of the first one</param>
/// <param name="End">number of the one behind the last one</param>
/// <param name="From">when the first one is shown, where not all from the first on are read: stamps count from then. Else zero</param>
/// <param name="To">when the one behind the last is shown; null where the clip is read to its end</param>
internal sealed record ClipPart(int First, int End, TimeSpan From, TimeSpan? To)
{
    /// <summary>How many.</summary>
    public int Count => End - First;

    /// <summary>Chooses among frames that are all known.</summary>
    /// <param name="stamps">when each is shown; those behind the part may be missing, but for the first of them</param>
    /// <param name="choice">what is wanted</param>
    /// <param name="name">the clip, for messages</param>
    /// <param name="notices">told where the clip ends before what was wanted</param>
    /// <exception cref="InputException">no frame is left</exception>
    public static ClipPart Of(IReadOnlyList<TimeSpan> stamps, ClipChoice choice, string name, ICollection<Notice> notices)
    {
        var finder = new ClipPartFinder(choice);
        foreach (var stamp in stamps)
            if (finder.See(stamp)) break;
        int end = finder.End ?? stamps.Count, count = end - (finder.First ?? end);
        if (count <= 0) throw Nothing(stamps, choice, finder.End is not null, name);
        if (finder.End is null && choice.End is { } wanted)
            notices.Add(new Notice(NoticeCode.Assumed, $"{name}: it ends before --end {wanted}, after {Length(stamps)}"));
        if (finder.End is null && choice.Frames > count)
            notices.Add(new Notice(NoticeCode.Assumed, $"{name}: --frames {choice.Frames} are more than there are: {count} are taken"));
        int first = finder.First!.Value;
        return new ClipPart(first, end, choice.Start is null ? default : stamps[first], end < stamps.Count ? stamps[end] : null);
    }

    private static InputException Nothing(IReadOnlyList<TimeSpan> stamps, ClipChoice choice, bool isEnded, string name) => isEnded
        ? new InputException(
            InputCode.OutOfRange, $"no frame of {name} lies between --start {choice.Start} and --end {choice.End}: the end must come later")
        : new InputException(
            InputCode.OutOfRange,
            $"--start {choice.Start} lies behind the end of {name}, which has {Length(stamps)}: choose an earlier one");

    private static string Length(IReadOnlyList<TimeSpan> stamps) => string.Create(
        CultureInfo.InvariantCulture,
        $"{stamps.Count} frames, the last at {(stamps.Count == 0 ? 0 : stamps[^1].TotalSeconds):0.###} s");
}
