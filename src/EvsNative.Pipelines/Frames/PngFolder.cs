using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>A video as a folder of numbered PNG files, which needs no ffmpeg.</summary>
internal static class PngFolder
{
    /// <summary>PNG and JPEG files and nothing else, no links and no pipes of such names: what may be replaced.</summary>
    public static FolderContent Content { get; } = new("frames", ", or of an .mp4 file", IsFrame);

    /// <summary>Whether a file name is that of a frame: *.png, not hidden.</summary>
    public static bool IsFrameName(string path) =>
        Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(path).StartsWith('.');

    /// <summary>Whether a file name is that of a frame of either kind.</summary>
    public static bool IsPicture(string path) => IsFrameName(path) || IsJpegName(path);

    private static bool IsJpegName(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg" && !Path.GetFileName(path).StartsWith('.');

    private static bool IsFrame(string path) =>
        IsPicture(path) && !Directory.Exists(path) && !SpecialFile.Is(path)
        && new FileInfo(path).LinkTarget is null;
}
