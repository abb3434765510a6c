using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>Keeps the frames of a short clip in memory.</summary>
/// <param name="format">size, rate and tags</param>
internal sealed class FramesInMemory(VideoFormat format) : IFrameWriter
{
    /// <summary>What messages call it.</summary>
    public const string Name = "the refined clip";

    private readonly List<Memory<byte>> _frames = [];
    private readonly List<TimeSpan> _stamps = [];

    /// <inheritdoc/>
    public VideoFormat Format { get; } = format with { HasAlpha = false };

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => [];

    /// <summary>The frames so far.</summary>
    public VideoFrames Video => new(_frames, Format, Name, _stamps);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp)
    {
        _frames.Add(rgb.ToArray());
        _stamps.Add(stamp);
    }

    /// <inheritdoc/>
    public void Finish() { }

    /// <inheritdoc/>
    public string Complete() => Name;

    /// <inheritdoc/>
    public void Dispose() { }
}
