using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>What writers of files and of folders share: frames come later and later, at the end the output takes its place.</summary>
/// <param name="format">the frames' size, rate and tags</param>
/// <param name="cancellation">checked before each frame and at the end; nothing is left behind</param>
internal abstract class OutputWriter(VideoFormat format, CancellationToken cancellation) : IFrameWriter
{
    private readonly StampOrder _order = new();
    private bool _isFinished;

    /// <inheritdoc/>
    public VideoFormat Format => format;

    /// <inheritdoc/>
    public virtual VideoFormat Written => format;

    /// <inheritdoc/>
    public abstract IReadOnlyList<Notice> Notices { get; }

    /// <summary>Where the output is until it has its place; whole once <see cref="Finish"/> was called.</summary>
    public abstract string Temporary { get; }

    /// <summary>When frames are shown.</summary>
    protected OutputClock Clock { get; } = new(format);

    /// <summary>Stops it.</summary>
    protected CancellationToken Cancellation => cancellation;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp) => Write(rgb, [], stamp);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, TimeSpan stamp)
    {
        _order.Check(rgb.Length, alpha.Length, format, stamp);
        Put(rgb, alpha, Clock.Next(stamp));
    }

    /// <inheritdoc/>
    public void Finish()
    {
        if (_isFinished) return;
        End();
        _isFinished = true;
    }

    /// <inheritdoc/>
    public string Complete()
    {
        Finish();
        cancellation.ThrowIfCancellationRequested();
        return Commit();
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Writes a frame that was checked.</summary>
    /// <param name="rgb">[H,W,3]</param>
    /// <param name="alpha">[H,W], or empty</param>
    /// <param name="time">when it is shown, in the clock's unit</param>
    protected abstract void Put(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, long time);

    /// <summary>Brings all frames to the disk, under a temporary name.</summary>
    protected abstract void End();

    /// <summary>Puts the output in its place.</summary>
    /// <returns>where it is</returns>
    protected abstract string Commit();
}
