using EvsNative.Layers;

namespace EvsNative.Pipelines.Scores;

/// <summary>
/// The unprocessed clips that others are compared with: one for all, or one for each by its name, as fox.mp4 for fox.mp4, fox-evs.mp4 and
/// fox_2.
/// </summary>
/// <param name="clips">the unprocessed clips</param>
public sealed class OriginalClips(IReadOnlyList<string> clips)
{
    /// <summary>The original of a clip: of several that its name begins with, the one with the longest name.</summary>
    /// <param name="clip">the clip</param>
    /// <exception cref="InputException">there is none</exception>
    public string Of(string clip)
    {
        if (clips is [var one]) return one;
        string name = Stem(clip);
        return clips.Where(original => Begins(name, Stem(original))).MaxBy(original => Stem(original).Length) ?? throw new InputException(
            InputCode.NotFound,
            $"{clip} has no original among the {clips.Count} of --against: name its original as it, or as its name begins");
    }

    private static bool Begins(string name, string original) =>
        name.StartsWith(original, StringComparison.Ordinal)
        && (name.Length == original.Length || !char.IsLetterOrDigit(name[original.Length]));

    private static string Stem(string path) => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
}
