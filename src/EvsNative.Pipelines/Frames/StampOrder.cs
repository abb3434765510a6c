namespace EvsNative.Pipelines.Frames;

/// <summary>What every writer asks of the frames that it is given: whole ones, later and later.</summary>
internal sealed class StampOrder
{
    private TimeSpan? _last;

    /// <summary>Throws if a frame has another number of bytes or is not later than the one before.</summary>
    public void Check(int bytes, VideoFormat format, TimeSpan stamp)
    {
        if (bytes != format.FrameBytes)
            throw new ArgumentException($"{bytes} bytes are no frame of {format.Width}x{format.Height}.", nameof(bytes));
        if (stamp <= _last) throw new ArgumentException($"A frame at {stamp} cannot follow one at {_last}.", nameof(stamp));
        _last = stamp;
    }
}
