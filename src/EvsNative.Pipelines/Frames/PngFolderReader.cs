using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Reads *.png in natural order of their names (frame2 before frame10), all of one size, 8-bit RGB. Transparency is dropped, as Pillow's
/// convert("RGB") drops it; grey and 16-bit files are converted.
/// </summary>
internal sealed class PngFolderReader : IFrameReader
{
    private readonly string[] _files;
    private readonly CancellationToken _cancellation;
    private byte[]? _first;
    private int _next;

    /// <summary>Looks into a folder and at its first frame.</summary>
    /// <param name="path">the folder</param>
    /// <param name="rate">frames a second</param>
    /// <param name="cancellation">checked before each frame</param>
    /// <exception cref="InputException">no such folder, no PNG in it, a broken file</exception>
    public PngFolderReader(string path, Rational rate, CancellationToken cancellation)
    {
        (Source, _cancellation) = (path, cancellation);
        try
        {
            _files = [.. Directory.EnumerateFiles(path).Where(PngFolder.IsFrameName).Order(NaturalOrder.Instance)];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }

        if (_files.Length == 0)
            throw new InputException(InputCode.WrongKind, $"{path} holds no PNG files: give a folder of frames, or a video file");
        (_first, int width, int height) = Decode(_files[0]);
        Format = new VideoFormat(width, height, rate);
    }

    /// <inheritdoc/>
    public VideoFormat Format { get; }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public int? Frames => _files.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices { get; } = [];

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        _cancellation.ThrowIfCancellationRequested();
        stamp = Format.StampOf(_next);
        if (_next == _files.Length) return false;
        string file = _files[_next++];
        (byte[] pixels, int width, int height) = _first is { } first ? (first, Format.Width, Format.Height) : Decode(file);
        _first = null;
        if ((width, height) != (Format.Width, Format.Height))
        {
            throw new InputException(
                InputCode.Mismatch,
                $"{file} has {width}x{height} pixels, the first frame {Format.Width}x{Format.Height}: "
                + "all frames of a clip must have one size");
        }

        pixels.CopyTo(rgb);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() { }

    private static (byte[] Pixels, int Width, int Height) Decode(string file)
    {
        try
        {
            return StillImage.Decode(File.ReadAllBytes(file));
        }
        catch (InvalidDataException e)
        {
            throw new InputException(InputCode.Damaged, $"{file} is not a readable PNG file: export the frame again", cause: e);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, file);
        }
    }
}
