using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// WebP files, all decoded by one ffmpeg. Where it stops, how many pictures before the broken one it had given is its build's affair: from
/// there on each file is decoded by itself, so that the broken one is the one that is named.
/// </summary>
internal sealed class WebPFiles : IStillSource
{
    private const int Parts = 4, Colors = VideoFormat.Channels;

    private readonly FrameFolder _folder;
    private readonly FfmpegTools _tools;
    private readonly WebPStills _stills;
    private readonly CancellationToken _cancellation;
    private readonly byte[] _rgba;
    private int _next;
    private bool _hasStopped;

    /// <summary>Starts decoding.</summary>
    /// <param name="folder">the files</param>
    /// <param name="cancellation">stops it</param>
    /// <param name="tools">the ffmpeg to use; the folder's if absent</param>
    public WebPFiles(FrameFolder folder, CancellationToken cancellation, FfmpegTools? tools = null)
    {
        (_folder, _cancellation, _tools) = (folder, cancellation, tools ?? folder.Tools!);
        _rgba = new byte[checked(folder.Format.Width * folder.Format.Height * Parts)];
        _stills = Start(folder.Files);
    }

    /// <inheritdoc/>
    public Picture Next()
    {
        string file = _folder.Files[_next++];
        if (_hasStopped || !_stills.TryRead(_rgba))
        {
            _cancellation.ThrowIfCancellationRequested();
            _hasStopped = true;
            ReadAlone(file);
        }

        int pixels = _rgba.Length / Parts;
        byte[] rgb = new byte[pixels * Colors];
        byte[]? opacity = null;
        for (int i = 0; i < pixels; i++)
        {
            _rgba.AsSpan(i * Parts, Colors).CopyTo(rgb.AsSpan(i * Colors));
            byte alpha = _rgba[i * Parts + Colors];
            if (alpha == byte.MaxValue && opacity is null) continue;
            if (opacity is null)
            {
                opacity = new byte[pixels];
                opacity.AsSpan(0, i).Fill(byte.MaxValue);
            }

            opacity[i] = alpha;
        }

        return new Picture(rgb, _folder.Format.Width, _folder.Format.Height) { Opacity = opacity };
    }

    /// <inheritdoc/>
    public void Dispose() => _stills.Dispose();

    private WebPStills Start(IEnumerable<string> files) =>
        new(_tools, files.Select(Load), _folder.Format.Width, _folder.Format.Height, _cancellation);

    private void ReadAlone(string file)
    {
        using var still = Start([file]);
        bool isRead = still.TryRead(_rgba);
        _cancellation.ThrowIfCancellationRequested();
        if (!isRead) throw PictureHeader.Damaged(FileKind.WebP, file, new InvalidDataException(still.Complaint()));
    }

    /// <summary>A file's bytes without what may lie behind its picture, which would be taken for the next one.</summary>
    private byte[] Load(string file)
    {
        byte[] bytes = OrdinaryFile.ReadAll(file, InputLimits.PictureBytes, "a frame");
        try
        {
            var (width, height, _) = WebPFile.Size(bytes);
            FrameFolder.Require(_folder.Format, file, width, height);
            return WebPFile.Trim(bytes);
        }
        catch (InvalidDataException e)
        {
            throw PictureHeader.Damaged(FileKind.WebP, file, e);
        }
    }
}
