using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Reads *.png in natural order of their names (frame2 before frame10), all of one size, 8-bit RGB. Transparency is dropped, grey and
/// 16-bit files are converted. What the files' first bytes tell is known when the folder is opened: no frame is decoded before.
/// </summary>
internal sealed class PngFolderReader : IFrameReader
{
    private readonly IReadOnlyList<string> _files;
    private readonly CancellationToken _cancellation;
    private readonly List<Notice> _notices = [];
    private readonly List<string> _transparent = [], _animated = [];
    private readonly SortedSet<string> _profiles = [];
    private int _next;

    /// <summary>Looks into a folder and at the header of each frame.</summary>
    /// <param name="path">the folder</param>
    /// <param name="rate">frames a second</param>
    /// <param name="cancellation">checked before each file and while one is decoded</param>
    /// <exception cref="InputException">no such folder, no PNG in it, a broken file, several sizes</exception>
    public PngFolderReader(string path, Rational rate, CancellationToken cancellation)
    {
        (Source, _cancellation) = (path, cancellation);
        var names = List(path);
        (_files, int reduced) = (names.Frames, 0);
        _notices.AddRange(names.Notices);
        foreach (string file in _files)
        {
            cancellation.ThrowIfCancellationRequested();
            var header = Header(file);
            Format ??= new VideoFormat(header.Width, header.Height, rate);
            CheckSize(file, header.Width, header.Height);
            if (header.Depth > 8) reduced++;
        }

        if (Format is null) throw Empty(path, names.Others);
        if (reduced > 0) Tell(NoticeCode.Changed, $"{reduced} of {_files.Count} frames have 16 bits a colour, read as 8");
    }

    /// <inheritdoc/>
    public VideoFormat Format { get; }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public int? Frames => _files.Count;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => [.. _notices];

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        _cancellation.ThrowIfCancellationRequested();
        stamp = Format.StampOf(_next);
        if (_next == _files.Count) return false;
        string file = _files[_next++];
        var picture = StillImage.Decode(OrdinaryFile.ReadAll(file, InputLimits.PictureBytes, "a frame"), file, _cancellation);
        // It may be another file than the one that was looked at.
        CheckSize(file, picture.Width, picture.Height);
        picture.Pixels.CopyTo(rgb);
        if (picture.IsTransparent) _transparent.Add(file);
        if (picture.IsAnimated) _animated.Add(file);
        if (picture.Profile is { } profile) _profiles.Add(InputText.Quote(profile));
        if (_next == _files.Count) TellOfContent();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private static FrameNames List(string path)
    {
        try
        {
            return new FrameNames(path, Directory.EnumerateFiles(path));
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }
    }

    /// <summary>The size of a frame, by its first bytes; a JPEG's is further inside.</summary>
    private static PictureHeader Header(string file)
    {
        using var handle = OrdinaryFile.Open(file);
        try
        {
            long length = RandomAccess.GetLength(handle);
            byte[] start = new byte[FileKinds.StartBytes];
            start = start[..RandomAccess.Read(handle, start, 0)];
            if (FileKinds.Of(start, length) == FileKind.Jpeg) start = OrdinaryFile.ReadAll(file, InputLimits.PictureBytes, "a frame");
            return PictureHeader.Read(start, length, file);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, file);
        }
    }

    private static InputException Empty(string path, IReadOnlyList<string> others) => new(
        InputCode.WrongKind,
        others.Count == 0
            ? $"{path} holds no PNG files: give a folder of frames, or a video file"
            : $"{path} holds no PNG files but {FrameNames.List(others)}: convert the frames to PNG first");

    private void CheckSize(string file, int width, int height)
    {
        if ((width, height) == (Format.Width, Format.Height)) return;
        throw new InputException(
            InputCode.Mismatch,
            $"{file} has {width}x{height} pixels, the first frame {Format.Width}x{Format.Height}: all frames of a clip must have one size");
    }

    /// <summary>What is known only when all frames were decoded.</summary>
    private void TellOfContent()
    {
        if (_transparent.Count > 0)
        {
            Tell(
                NoticeCode.Dropped,
                $"transparency is left out ({FrameNames.List(_transparent)}): what lies under it becomes the picture; compose the frames "
                + "on a plain colour first");
        }

        if (_animated.Count > 0)
            Tell(NoticeCode.Dropped, $"only the first picture of animated PNG files is read ({FrameNames.List(_animated)})");
        if (_profiles.Count > 0)
        {
            Tell(
                NoticeCode.Changed,
                $"colours are taken for sRGB, colour profile {_profiles.First()} is not applied: convert the frames to sRGB first");
        }
    }

    private void Tell(NoticeCode code, string what) => _notices.Add(new Notice(code, $"{Source}: {what}"));
}
