using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>Where a clip lies, for whoever puts something beside it or takes care not to replace it.</summary>
internal sealed class ClipPlace
{
    private readonly string? _path;

    private ClipPlace(string? path, bool isFolder) => (_path, IsFolder) = (path, isFolder);

    /// <summary>The file, or the folder of the frames.</summary>
    /// <exception cref="InputException">it is the standard input, which lies nowhere</exception>
    public string Path => _path ?? throw new InputException(
        InputCode.NotGiven, $"{StandardInput.Name} has no place that the result could lie beside: name one with -o");

    /// <summary>Whether the clip is frames in a folder.</summary>
    public bool IsFolder { get; }

    /// <summary>What is read: nothing where it is the standard input.</summary>
    public string[] Files => _path is null ? [] : [_path];

    /// <summary>The frames of a folder or of a pattern, in their order; null for any other clip.</summary>
    /// <exception cref="InputException">there are none of such names, or the folder cannot be read</exception>
    public static IReadOnlyList<string>? FramesOf(string clip) =>
        FramePattern.Of(clip) is { } pattern ? pattern.Choose().Frames : Directory.Exists(clip) ? FrameNames.In(clip).Frames : null;

    /// <summary>Understands the name of a clip: a folder, a pattern of the names of frames, a file, or "-".</summary>
    /// <exception cref="InputException">there is nothing of that name</exception>
    public static ClipPlace Of(string clip)
    {
        if (clip == StandardInput.Word) return new ClipPlace(null, isFolder: false);
        if (FramePattern.Of(clip) is { } pattern) return new ClipPlace(pattern.Folder, isFolder: true);
        bool isFolder = Directory.Exists(clip);
        return isFolder || File.Exists(clip) ? new ClipPlace(clip, isFolder) : throw StorageFault.Missing(clip);
    }
}
