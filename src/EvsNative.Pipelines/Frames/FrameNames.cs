using System.Globalization;
using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Which files of a folder are the frames, by their names: a number in each, and the rest the same. What is left out or looks as if
/// something were missing is told.
/// </summary>
internal sealed partial class FrameNames
{
    /// <summary>A pattern that so many of the names follow is the clip's; files of other names are something else.</summary>
    private const double Majority = 0.8;

    private const int MostNamed = 3, LongestShown = 40;

    private readonly List<Notice> _notices = [];
    private readonly string _folder;

    /// <summary>Chooses among the files of a folder.</summary>
    /// <param name="folder">the folder, for messages</param>
    /// <param name="files">paths of all its files</param>
    /// <exception cref="InputException">there are frames of several kinds, and none of them is the one that is meant</exception>
    public FrameNames(string folder, IEnumerable<string> files)
    {
        _folder = folder;
        string[] all = [.. files.Where(file => !Path.GetFileName(file).StartsWith('.')).Order(NaturalOrder.Instance)];
        var kinds = all.Where(file => Kind(file) is not null).GroupBy(Kind).OrderByDescending(group => group.Count()).ToArray();
        if (kinds.Length > 1 && 2 * kinds[1].Count() >= kinds[0].Count()) throw Mixed(kinds);
        string kind = kinds.Length > 0 ? kinds[0].Key! : "PNG";
        Others = [.. all.Where(file => IsOtherPicture(file) || (Kind(file) is { } own && own != kind))];
        Frames = kinds.Length > 0 ? Choose([.. kinds[0]]) : [];
        if (Others.Count > 0 && Frames.Count > 0)
            Tell(NoticeCode.Dropped, $"{List(Others)} {(Others.Count == 1 ? "is" : "are")} no {kind} and left out");
        TellGaps();
    }

    private FrameNames(string pattern, string[] frames)
    {
        (_folder, Frames, Others) = (pattern, [.. frames.Order(NaturalOrder.Instance)], []);
        TellGaps();
    }

    /// <summary>Paths of the frames in natural order.</summary>
    public IReadOnlyList<string> Frames { get; }

    /// <summary>Paths of pictures that are no PNG files.</summary>
    public IReadOnlyList<string> Others { get; }

    /// <summary>What is left out or seems to be missing.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>The frames of a folder.</summary>
    /// <exception cref="InputException">it cannot be read, or holds frames of several kinds</exception>
    public static FrameNames In(string folder) => new(folder, FilesOf(folder));

    /// <summary>Files that were chosen by a pattern.</summary>
    public static FrameNames Of(string pattern, string[] files) => new(pattern, files);

    /// <summary>Paths of all files of a folder.</summary>
    /// <exception cref="InputException">it cannot be read</exception>
    public static IEnumerable<string> FilesOf(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder)];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, folder);
        }
    }

    /// <summary>"0001.jpg", "0001.jpg and 2 more": the names of files in a list that stays short.</summary>
    public static string List(IReadOnlyList<string> names) => names.Count <= MostNamed
        ? string.Join(", ", names.Select(Shown))
        : $"{string.Join(", ", names.Take(MostNamed).Select(Shown))} and {names.Count - MostNamed} more";

    private static string Shown(string path) => InputText.Name(Path.GetFileName(path), LongestShown);

    /// <summary>
    /// The kind of picture that a name tells of; null for one that is not read here. What a file is, its first bytes say.
    /// </summary>
    private static string? Kind(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => "PNG",
        ".JPG" or ".JPEG" => "JPEG",
        ".WEBP" => "WebP",
        _ => null,
    };

    private static bool IsOtherPicture(string path) =>
        Path.GetExtension(path).ToUpperInvariant() is
            ".BMP" or ".TIF" or ".TIFF" or ".EXR" or ".GIF" or ".TGA" or ".AVIF" or ".JXL";

    private InputException Mixed(IEnumerable<IGrouping<string?, string>> kinds)
    {
        string counts = string.Join(" and ", kinds.Select(kind => $"{kind.Count()} {kind.Key} ({Shown(kind.First())})"));
        string ending = Path.GetExtension(kinds.First().First());
        return new InputException(
            InputCode.WrongKind, $"{_folder} holds {counts} files: say which are the clip by a pattern of names, such as %04d{ending}");
    }

    private static string Pattern(string path) => Number().Replace(Path.GetFileName(path), "#").ToUpperInvariant();

    private string[] Choose(string[] pictures)
    {
        var kinds = pictures.GroupBy(Pattern).OrderByDescending(group => group.Count()).ToArray();
        if (kinds.Length <= 1 || !kinds[0].Key.Contains('#')) return pictures;
        // Beside numbered names, one without a number is a mask or a preview, however few there are.
        bool isAlone = kinds[0].Count() > pictures.Length / 2 && kinds.Skip(1).All(group => !group.Key.Contains('#'));
        if (!isAlone && kinds[0].Count() < Majority * pictures.Length)
        {
            // Words alone, such as dawn, noon, dusk, have as many patterns as names: there is nothing to choose between.
            string[] samples = [.. kinds.Select(group => group.First())];
            Tell(
                NoticeCode.Assumed,
                $"names of {kinds.Length} patterns ({List(samples)}): all are read as one clip, in the order of their names");
            return pictures;
        }

        string[] strays = [.. kinds.Skip(1).SelectMany(group => group)];
        Tell(
            NoticeCode.Dropped,
            $"{List(strays)} left out: not named as the other {kinds[0].Count()} frames ({Shown(kinds[0].First())}); "
            + "rename what belongs to the clip");
        return [.. kinds[0].Order(NaturalOrder.Instance)];
    }

    /// <summary>Tells of numbers that are not there between the first and the last.</summary>
    private void TellGaps()
    {
        if (Frames.Count < 3 || Frames.Select(Pattern).Distinct().Count() > 1) return;
        string[][] numbers = [.. Frames.Select(file => Number().Matches(Path.GetFileName(file)).Select(match => match.Value).ToArray())];
        int[] varying = [.. Enumerable.Range(0, numbers[0].Length).Where(i => numbers.Any(name => name[i] != numbers[0][i]))];
        // The one that counts. Longer ones are times or hashes, and jump as they like.
        if (varying.Length != 1 || numbers.Any(name => name[varying[0]].Length > 9)) return;
        long[] counted = [.. numbers.Select(name => long.Parse(name[varying[0]], CultureInfo.InvariantCulture))];
        long step = counted.Zip(counted.Skip(1), (a, b) => b - a).Min();
        if (step < 1) return;
        int at = Enumerable.Range(1, counted.Length - 1).FirstOrDefault(i => counted[i] - counted[i - 1] != step);
        if (at == 0) return;
        long missing = (counted[^1] - counted[0]) / step + 1 - counted.Length;
        // A jump or two is a hole; names that are times jump everywhere.
        if (missing > counted.Length) return;
        Tell(
            NoticeCode.Damaged,
            $"{missing} {(missing == 1 ? "number is" : "numbers are")} missing, the first between {Shown(Frames[at - 1])} and "
            + $"{Shown(Frames[at])}: the clip may jump there");
    }

    private void Tell(NoticeCode code, string what) => _notices.Add(new Notice(code, $"{_folder}: {what}"));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
