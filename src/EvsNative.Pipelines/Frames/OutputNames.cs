using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// What the name of an output means, and what an output is called where nobody said a name. Only endings that everybody knows mean a file:
/// a dot may stand in any folder's name, before a version or a number.
/// </summary>
internal static class OutputNames
{
    private const string Written = ".mp4", Suffix = "-evs";

    private static readonly HashSet<string> Videos = new(StringComparer.OrdinalIgnoreCase)
    {
        Written, ".3gp", ".apng", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".gif", ".h264", ".h265", ".hevc", ".ivf", ".m2ts",
        ".m2v", ".m4v", ".mjpeg", ".mkv", ".mov", ".mpeg", ".mpg", ".mts", ".mxf", ".nut", ".ogg", ".ogv", ".rm", ".ts", ".vob", ".webm",
        ".webp", ".wmv", ".y4m",
    };

    private static readonly HashSet<string> Pictures = new(StringComparer.OrdinalIgnoreCase)
    {
        ".avif", ".bmp", ".exr", ".heic", ".jpeg", ".jpg", ".jxl", ".png", ".ppm", ".tga", ".tif", ".tiff",
    };

    /// <summary>Whether an output of this name is a folder of frames; else it is an .mp4.</summary>
    /// <exception cref="InputException">it can be neither</exception>
    public static bool IsFolder(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new InputException(InputCode.NotGiven, "the name of the output is empty: give an .mp4 file or a folder");
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(path)) return true;
        string ending = Path.GetExtension(path);
        if (Pictures.Contains(ending))
        {
            throw new InputException(
                InputCode.Unsupported, $"cannot write {path}: a clip is more than one picture: give the name of a folder, or of an .mp4");
        }

        if (!Videos.Contains(ending)) return true;
        if (ending.Equals(Written, StringComparison.OrdinalIgnoreCase)) return false;
        throw new InputException(
            InputCode.Unsupported,
            $"cannot write {path}: {ending} is not a kind of video that is written: give a name ending in .mp4, or a folder");
    }

    /// <summary>Whether a file's name ends as a video's.</summary>
    public static bool IsVideo(string name) => Videos.Contains(Path.GetExtension(name));

    /// <summary>Whether a name is one that <see cref="Beside"/> gives to results.</summary>
    public static bool IsResult(string name) => Path.GetFileNameWithoutExtension(name).EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The place beside a clip: "fox-evs.mp4" for "fox.mov", "frames-evs" for a folder "frames".</summary>
    /// <param name="input">the clip</param>
    /// <param name="isFolder">whether that is a folder; what is made of it is one too</param>
    /// <exception cref="InputException">there is no place beside the root of a disk</exception>
    public static string Beside(string input, bool isFolder)
    {
        string path = Path.TrimEndingDirectorySeparator(input);
        // The name of "." and its like is known only in full.
        if (Path.GetFileName(path).Trim('.').Length == 0) path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string name = Path.GetFileName(path), ending = Path.GetExtension(name);
        if (name.Length == 0)
            throw new InputException(InputCode.NotGiven, $"there is no place beside {input}: name one with -o");
        string stem = Videos.Contains(ending) && ending.Length < name.Length ? name[..^ending.Length] : name;
        return Path.Combine(Path.GetDirectoryName(path) ?? "", NameLength.Fit(stem, isFolder ? Suffix : Suffix + Written));
    }
}
