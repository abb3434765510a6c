using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Tests;

/// <summary>Reads frames from memory, with opacity if there is any, and breaks where it is told to.</summary>
internal sealed class FramesReader(VideoFrames video, byte[][]? alpha = null, int end = int.MaxValue) : IFrameReader
{
    private int _next;

    public VideoFormat Format { get; } = video.Format with { HasAlpha = alpha is not null };

    public string Source => video.Source;

    public int? Frames => video.Count;

    public IReadOnlyList<Notice> Notices => [];

    public ReadOnlySpan<byte> Alpha => alpha is null ? [] : alpha[_next - 1];

    public bool IsClosed { get; private set; }

    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        stamp = video.StampOf(_next);
        if (_next >= Math.Min(video.Count, end)) return false;
        video.Frame(_next++).CopyTo(rgb);
        return true;
    }

    public void Dispose() => IsClosed = true;
}
