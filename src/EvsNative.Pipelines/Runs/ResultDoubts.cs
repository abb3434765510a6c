using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Measures;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// Whether a result is a picture at all: what numbers alone would praise, a flat colour or a clip that stands still, is steady and nothing
/// else.
/// </summary>
internal static class ResultDoubts
{
    private const int MostNamed = 4;

    /// <summary>What looks wrong.</summary>
    /// <param name="before">the clip that was given, at the result's size</param>
    /// <param name="after">the result, with as many frames</param>
    public static IEnumerable<Notice> Of(VideoFrames before, VideoFrames after)
    {
        var given = FlatFrames.Of(before);
        var flat = FlatFrames.Of(after);
        int[] lost = [.. flat.Except(given)], kept = [.. flat.Intersect(given)];
        if (lost.Length > 0)
        {
            yield return Doubt(
                $"{Frames(lost, after.Count)} of the result {(lost.Length == 1 ? "is" : "are")} of one flat colour: the picture is lost; "
                + "check the model's files, above all its autoencoder, and a guidance that is not too high");
        }

        if (kept.Length > 0)
        {
            yield return Doubt(
                $"{Frames(kept, after.Count)} of the result {(kept.Length == 1 ? "is" : "are")} of one flat colour, as in the clip that "
                + "was given: there was nothing to refine");
        }

        if (flat.Count > 0) yield break;
        if (Enumerable.Range(0, after.Count).All(i => after.Frame(i).SequenceEqual(before.Frame(i))))
            yield return Doubt("the result equals the clip that was given: nothing was refined");
        else if (IsStill(after) && !IsStill(before))
            yield return Doubt($"all {after.Count} frames of the result are one and the same picture: what moved in the clip stands still");
    }

    private static bool IsStill(VideoFrames video) =>
        video.Count > 1 && Enumerable.Range(1, video.Count - 1).All(i => video.Frame(i).SequenceEqual(video.Frame(0)));

    private static string Frames(int[] which, int count)
    {
        if (count == 1) return "the only frame";
        if (which.Length == count) return $"all {count} frames";
        string list = string.Join(", ", which.Take(MostNamed)) + (which.Length > MostNamed ? ", ..." : "");
        return $"{which.Length} of {count} frames ({list}, counted from 0)";
    }

    private static Notice Doubt(string what) => new(NoticeCode.Suspicious, what);
}
