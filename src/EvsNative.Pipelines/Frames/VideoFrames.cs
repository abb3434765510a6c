namespace EvsNative.Pipelines.Frames;

/// <summary>The frames of a short video in memory: 8-bit RGB, [H,W,3] each. There is at least one.</summary>
public sealed class VideoFrames
{
    private readonly IReadOnlyList<Memory<byte>> _frames;
    private readonly IReadOnlyList<TimeSpan>? _stamps;

    /// <summary>Frames that lie anywhere.</summary>
    /// <param name="frames">[H,W,3] each; kept, not copied</param>
    /// <param name="format">their size and rate</param>
    /// <param name="source">where they come from, for messages: a path, or a few words</param>
    /// <param name="stamps">when each is shown; evenly by the rate if absent</param>
    /// <exception cref="ArgumentException">there are none, or one has another number of bytes</exception>
    public VideoFrames(IReadOnlyList<Memory<byte>> frames, VideoFormat format, string source, IReadOnlyList<TimeSpan>? stamps = null)
    {
        if (format.Rate == default) throw new ArgumentException("A video has a frame rate.", nameof(format));
        bool isStamped = stamps is null || stamps.Count == frames.Count;
        if (frames.Count == 0 || !isStamped || frames.Any(frame => frame.Length != format.FrameBytes))
            throw new ArgumentException($"These are not frames of {format.Width}x{format.Height}, one stamp each.", nameof(frames));
        (_frames, _stamps, Format, Source) = (frames, stamps, format, source);
    }

    /// <summary>Frames of one array.</summary>
    /// <param name="pixels">[F,H,W,3]; kept, not copied</param>
    /// <param name="format">their size and rate</param>
    /// <param name="source">where they come from, for messages</param>
    /// <exception cref="ArgumentException">the array is not a number of whole frames</exception>
    public VideoFrames(byte[] pixels, VideoFormat format, string source) : this(Split(pixels, format), format, source) { }

    /// <summary>Size, rate and tags.</summary>
    public VideoFormat Format { get; }

    /// <summary>Where the frames come from, for messages.</summary>
    public string Source { get; }

    /// <summary>F.</summary>
    public int Count => _frames.Count;

    /// <summary>H in pixels.</summary>
    public int Height => Format.Height;

    /// <summary>W in pixels.</summary>
    public int Width => Format.Width;

    /// <summary>Frames a second, exactly.</summary>
    public Rational Rate => Format.Rate;

    /// <summary>Length in seconds.</summary>
    public double Seconds => Count / Rate.Value;

    /// <summary>[H,W,3] of one frame.</summary>
    public Span<byte> Frame(int index) => _frames[index].Span;

    /// <summary>When a frame is shown.</summary>
    public TimeSpan StampOf(int index) => _stamps?[index] ?? Format.StampOf(index);

    /// <summary>Reads a video, or its beginning.</summary>
    /// <param name="reader">where the frames come from</param>
    /// <param name="most">later frames are not read</param>
    /// <exception cref="Layers.InputException">it cannot be read; one line says why</exception>
    public static VideoFrames Read(IFrameReader reader, int most = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        List<Memory<byte>> frames = [];
        List<TimeSpan> stamps = [];
        while (frames.Count < Math.Min(most, reader.Frames ?? most))
        {
            byte[] frame = new byte[reader.Format.FrameBytes];
            if (!reader.TryRead(frame, out var stamp)) break;
            frames.Add(frame);
            stamps.Add(stamp);
        }

        return new VideoFrames(frames, reader.Format, reader.Source, stamps);
    }

    /// <summary>"16 frames of 64x64, 8 a second".</summary>
    public override string ToString() => $"{Count} frame{(Count == 1 ? "" : "s")} of {Width}x{Height}, {Rate.ToDecimal()} a second";

    private static Memory<byte>[] Split(byte[] pixels, VideoFormat format)
    {
        int bytes = format.FrameBytes, count = pixels.Length / Math.Max(1, bytes);
        if (count * bytes != pixels.Length)
            throw new ArgumentException($"{pixels.Length} bytes are no whole frames of {format.Width}x{format.Height}.", nameof(pixels));
        return [.. Enumerable.Range(0, count).Select(i => pixels.AsMemory(i * bytes, bytes))];
    }
}
