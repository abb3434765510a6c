using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>WebP files, all decoded by one ffmpeg.</summary>
internal sealed class WebPFiles : IStillSource
{
    private const int Parts = 4, Colors = VideoFormat.Channels;

    private readonly FrameFolder _folder;
    private readonly WebPStills _stills;
    private readonly CancellationToken _cancellation;
    private readonly byte[] _rgba;
    private int _next;

    /// <summary>Starts decoding.</summary>
    /// <param name="folder">the files</param>
    /// <param name="cancellation">stops it</param>
    public WebPFiles(FrameFolder folder, CancellationToken cancellation)
    {
        (_folder, _cancellation) = (folder, cancellation);
        var (width, height) = (folder.Format.Width, folder.Format.Height);
        _rgba = new byte[checked(width * height * Parts)];
        _stills = new WebPStills(folder.Tools!, folder.Files.Select(Load), width, height, cancellation);
    }

    /// <inheritdoc/>
    public Picture Next()
    {
        string file = _folder.Files[_next++];
        bool isRead = _stills.TryRead(_rgba);
        _cancellation.ThrowIfCancellationRequested();
        if (!isRead)
        {
            string name = _next == _folder.Files.Count ? file : $"{file} or {Path.GetFileName(_folder.Files[_next])}";
            throw PictureHeader.Damaged(FileKind.WebP, name, new InvalidDataException(_stills.Complaint()));
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
