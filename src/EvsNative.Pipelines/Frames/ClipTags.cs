using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The tags of a clip that its refinement keeps: those that people write, as many as a command line carries. What a container writes of
/// itself is not among them, nor the recipe of an earlier run: the result has one of its own.
/// </summary>
/// <param name="given">as ffprobe names them; null where there are none</param>
internal sealed class ClipTags(IReadOnlyDictionary<string, string>? given)
{
    /// <summary>Longest tag, and most letters of all together: a command line ends at about 2 MB, on Windows at 32,767 letters.</summary>
    private const int Longest = 1000, MostInAll = 16_000;

    private static readonly string[] OfTheContainer = ["major_brand", "minor_version", "compatible_brands", "encoder"];

    /// <summary>The tags that are kept, by name.</summary>
    public IReadOnlyDictionary<string, string> Kept { get; } = Keep(Words(given).Where(Fits));

    /// <summary>How many are left out for their length or their number.</summary>
    public int Dropped => Words(given).Count() - Kept.Count;

    private static IEnumerable<KeyValuePair<string, string>> Words(IReadOnlyDictionary<string, string>? tags) =>
        (tags ?? new Dictionary<string, string>()).Where(tag => !OfTheContainer.Contains(tag.Key))
            .Select(tag => (tag.Key, Value: RecipeText.Without(tag.Value))).Where(tag => tag.Value is not null)
            .Select(tag => new KeyValuePair<string, string>(tag.Key, tag.Value!));

    private static bool Fits(KeyValuePair<string, string> tag) => !tag.Key.Contains('=')
        && !tag.Key.Contains('\0') && !tag.Value.Contains('\0') && tag.Key.Length + tag.Value.Length <= Longest;

    private static Dictionary<string, string> Keep(IEnumerable<KeyValuePair<string, string>> tags)
    {
        var kept = new Dictionary<string, string>();
        int letters = 0;
        foreach (var tag in tags)
        {
            letters += tag.Key.Length + tag.Value.Length;
            if (letters > MostInAll) break;
            kept[tag.Key] = tag.Value;
        }

        return kept;
    }
}
