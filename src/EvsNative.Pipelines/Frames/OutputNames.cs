using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// What the name of an output means, and what an output is called where nobody said a name. Only endings that everybody knows mean a file:
/// a dot may stand in any folder's name, before a version or a number.
/// </summary>
internal static class OutputNames
{
    private const string Suffix = "-evs";

    private static readonly HashSet<string> OtherVideos = new(StringComparer.OrdinalIgnoreCase)
    {
        ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".h264", ".h265", ".hevc", ".ivf", ".m2ts", ".m2v", ".mjpeg", ".mpeg",
        ".mpg", ".mts", ".mxf", ".nut", ".ogg", ".ogv", ".rm", ".ts", ".vob", ".wmv", ".y4m",
    };

    private static readonly HashSet<string> Pictures = new(StringComparer.OrdinalIgnoreCase)
    {
        ".avif", ".bmp", ".exr", ".heic", ".jpeg", ".jpg", ".jxl", ".ppm", ".tga", ".tif", ".tiff",
    };

    /// <summary>The endings of videos that are written, for people.</summary>
    public static string Written => string.Join(", ", OutputContainer.All.Select(row => row.Ending));

    /// <summary>Whether an output of this name is a folder of frames; else it is a video.</summary>
    /// <exception cref="InputException">it can be neither</exception>
    public static bool IsFolder(string path) => OutputPattern.Of(path) is not null || ContainerOf(path) is null;

    /// <summary>The kind of video that an output of this name is; null for a folder of frames.</summary>
    /// <exception cref="InputException">it can be neither</exception>
    public static OutputContainer? ContainerOf(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new InputException(InputCode.NotGiven, "the name of the output is empty: give a video file or a folder");
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path)) return null;
        string ending = Path.GetExtension(path);
        if (OutputContainer.Of(ending) is { } container) return container;
        if (Pictures.Contains(ending))
        {
            throw new InputException(
                InputCode.Unsupported,
                $"cannot write {path}: a clip is more than one picture: give the name of a folder (with --frames-format jpeg for JPEG), "
                + $"or of a video ({Written})");
        }

        if (!OtherVideos.Contains(ending)) return null;
        throw new InputException(
            InputCode.Unsupported,
            $"cannot write {path}: {ending} is not a kind of video that is written: give a name ending in {Written}, or a folder");
    }

    /// <summary>Whether a file's name ends as a video's.</summary>
    public static bool IsVideo(string name)
    {
        string ending = Path.GetExtension(name);
        // A .png that is found is a picture; one that is asked for is an animation.
        return OtherVideos.Contains(ending)
            || (OutputContainer.Of(ending) is not null && !ending.Equals(".png", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a name is one that <see cref="Beside"/> gives to results.</summary>
    public static bool IsResult(string name) => Path.GetFileNameWithoutExtension(name).EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The place beside a clip: "fox-evs.mp4" for "fox.mov", "frames-evs" for a folder "frames".</summary>
    /// <param name="input">the clip</param>
    /// <param name="isFolder">whether that is a folder; what is made of it is one too, unless its style is a video's</param>
    /// <param name="style">how it is written</param>
    /// <exception cref="InputException">there is no place beside the root of a disk</exception>
    public static string Beside(string input, bool isFolder, OutputStyle? style = null)
    {
        string path = Path.TrimEndingDirectorySeparator(input);
        // The name of "." and its like is known only in full.
        if (Path.GetFileName(path).Trim('.').Length == 0) path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string name = Path.GetFileName(path), ending = Path.GetExtension(name);
        if (name.Length == 0)
            throw new InputException(InputCode.NotGiven, $"there is no place beside {input}: name one with -o");
        string stem = IsVideo(name) && ending.Length < name.Length ? name[..^ending.Length] : name;
        return Path.Combine(Path.GetDirectoryName(path) ?? "", NameLength.Fit(stem, Suffix + Ending(isFolder, style)));
    }

    /// <summary>The ending of an output that nobody named, empty for a folder.</summary>
    /// <param name="isFolder">whether it is a folder where its style does not tell</param>
    /// <param name="style">how it is written</param>
    public static string Ending(bool isFolder, OutputStyle? style) =>
        style?.Codec is { } codec ? OutputContainer.Home(codec).Ending
        : style?.Frames is not null || isFolder ? ""
        : OutputContainer.All[0].Ending;
}
