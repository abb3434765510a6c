using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Frames in files of their own that were looked at: all of one size, PNG, JPEG or WebP by their first bytes, whatever they are called.
/// Nothing is decoded but, where headers tell of opacity, frames up to the first one that is not opaque.
/// </summary>
internal sealed class FrameFolder
{
    private readonly List<Notice> _notices = [];

    /// <summary>Looks at the header of each frame.</summary>
    /// <param name="names">the files</param>
    /// <param name="path">the folder or the pattern, for messages</param>
    /// <param name="choice">which of them are wanted, and their rate</param>
    /// <param name="cancellation">checked before each file</param>
    /// <exception cref="InputException">there are none, one is broken, or they differ in size</exception>
    public FrameFolder(FrameNames names, string path, ClipChoice choice, CancellationToken cancellation)
    {
        Source = path;
        if (names.Frames.Count == 0) throw Empty(path, names.Others);
        _notices.AddRange(names.Notices);
        var format = new VideoFormat(1, 1, choice.Rate ?? FrameFiles.DefaultRate);
        TimeSpan[] stamps = [.. Enumerable.Range(0, names.Frames.Count).Select(format.StampOf)];
        var part = ClipPart.Of(stamps, choice, path, _notices);
        Files = [.. names.Frames.Skip(part.First).Take(part.Count)];
        int reduced = 0;
        bool hasAlpha = false;
        for (int i = 0; i < Files.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var header = PictureStart.Read(Files[i]);
            IsWebP = i == 0 ? header.Format == FileKind.WebP : IsWebP;
            format = i == 0 ? format with { Width = header.Width, Height = header.Height } : format;
            if (IsWebP != (header.Format == FileKind.WebP))
            {
                throw new InputException(
                    InputCode.Mismatch,
                    $"{Files[i]} is {FileKinds.Name(header.Format)}, and {Files[0]} is not: all frames of a clip must be WebP, or none");
            }

            Require(format, Files[i], header.Width, header.Height);
            if (header.Depth > 8) reduced++;
            hasAlpha |= header.HasAlpha;
        }

        if (reduced > 0) Tell(NoticeCode.Changed, $"{reduced} of {Files.Count} frames have 16 bits a colour, read as 8");
        Tools = IsWebP ? FfmpegTools.Find() : null;
        Format = format;
        if (!hasAlpha || !IsTransparent(cancellation)) return;
        Format = format with { HasAlpha = true };
        Tell(NoticeCode.Changed, VideoClip.Transparency);
    }

    /// <summary>The folder or the pattern, for messages.</summary>
    public string Source { get; }

    /// <summary>The wanted frames in their order.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Whether they are WebP pictures, which ffmpeg decodes.</summary>
    public bool IsWebP { get; }

    /// <summary>That ffmpeg; null where none is needed.</summary>
    public FfmpegTools? Tools { get; }

    /// <summary>Their size and rate.</summary>
    public VideoFormat Format { get; }

    /// <summary>What is left out or changed, as far as names and headers tell.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>Holds the size of a frame against the clip's.</summary>
    /// <exception cref="InputException">it has another one</exception>
    public static void Require(VideoFormat format, string file, int width, int height)
    {
        if ((width, height) == (format.Width, format.Height)) return;
        throw new InputException(
            InputCode.Mismatch,
            $"{file} has {width}x{height} pixels, the first frame {format.Width}x{format.Height}: all frames of a clip must have one size");
    }

    private static InputException Empty(string path, IReadOnlyList<string> others) => new(
        InputCode.WrongKind,
        others.Count == 0
            ? $"{path} holds no PNG, JPEG or WebP files: give a folder of frames, or a video file"
            : $"{path} holds no PNG, JPEG or WebP files but {FrameNames.List(others)}: convert the frames to PNG first");

    private bool IsTransparent(CancellationToken cancellation)
    {
        using var stills = FolderReader.Stills(this, cancellation);
        for (int i = 0; i < Files.Count; i++)
            if (stills.Next().Opacity is not null) return true;
        return false;
    }

    private void Tell(NoticeCode code, string what) => _notices.Add(new Notice(code, $"{Source}: {what}"));
}
