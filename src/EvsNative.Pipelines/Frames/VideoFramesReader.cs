using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>Reads a video that is in memory.</summary>
/// <param name="video">its frames</param>
internal sealed class VideoFramesReader(VideoFrames video) : IFrameReader
{
    private int _next;

    /// <inheritdoc/>
    public VideoFormat Format => video.Format;

    /// <inheritdoc/>
    public string Source => video.Source;

    /// <inheritdoc/>
    public int? Frames => video.Count;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => [];

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        stamp = default;
        if (_next == video.Count) return false;
        video.Frame(_next).CopyTo(rgb);
        stamp = video.StampOf(_next++);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() { }
}
