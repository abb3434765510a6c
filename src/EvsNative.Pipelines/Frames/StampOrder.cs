namespace EvsNative.Pipelines.Frames;

/// <summary>What every writer asks of the frames that it is given: whole ones, later and later.</summary>
internal sealed class StampOrder
{
    private TimeSpan? _last;

    /// <summary>Throws if a frame has another number of bytes or is not later than the one before.</summary>
    /// <param name="bytes">of its colours</param>
    /// <param name="alphaBytes">of its opacity, 0 for an opaque frame</param>
    /// <param name="format">what frames are to be</param>
    /// <param name="stamp">when it is shown</param>
    public void Check(int bytes, int alphaBytes, VideoFormat format, TimeSpan stamp)
    {
        if (alphaBytes != 0 && (!format.HasAlpha || alphaBytes != format.Width * format.Height))
            throw new ArgumentException($"{alphaBytes} bytes are no opacity of {format.Width}x{format.Height}.", nameof(alphaBytes));
        if (bytes != format.FrameBytes)
            throw new ArgumentException($"{bytes} bytes are no frame of {format.Width}x{format.Height}.", nameof(bytes));
        if (stamp <= _last) throw new ArgumentException($"A frame at {stamp} cannot follow one at {_last}.", nameof(stamp));
        _last = stamp;
    }
}
