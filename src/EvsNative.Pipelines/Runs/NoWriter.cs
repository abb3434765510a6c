using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// Takes the frames of a shared run whose result another process writes: they are computed for it, and kept in the run folder.
/// </summary>
/// <param name="format">the frames' size and rate</param>
/// <param name="place">where the other one writes them</param>
internal sealed class NoWriter(VideoFormat format, string place) : IFrameWriter
{
    /// <inheritdoc/>
    public VideoFormat Format => format;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices =>
        [new(NoticeCode.Kept, $"another process of this shared run writes {place}; this one has done its part")];

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp) { }

    /// <inheritdoc/>
    public void Finish() { }

    /// <inheritdoc/>
    public string Complete() => place;

    /// <inheritdoc/>
    public void Dispose() { }
}
