using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Scores;

/// <summary>Sees a frame of a clip.</summary>
/// <param name="frame">its number, 0 for the first; they come in order</param>
/// <param name="rgb">[H,W,3], valid until the call returns</param>
internal delegate void FrameVisitor(int frame, ReadOnlySpan<byte> rgb);

/// <summary>
/// A clip that each score walks through from its first frame on, so that memory does not grow with its length.
/// </summary>
internal sealed class ScoredClip
{
    private readonly ClipSource _source;
    private readonly CancellationToken _stop;

    /// <summary>Looks at a clip; frames are counted where nothing tells them.</summary>
    /// <param name="source">the clip</param>
    /// <param name="name">what messages call it</param>
    /// <param name="stop">stops reading</param>
    /// <exception cref="InputException">it cannot be read, or has no frames</exception>
    public ScoredClip(ClipSource source, string name, CancellationToken stop)
    {
        (_source, Name, _stop) = (source, name, stop);
        using var reader = source.Open(stop);
        (Format, Notices) = (reader.Format, reader.Notices);
        Count = reader.Frames ?? Counted(reader);
        if (Count < 1) throw new InputException(InputCode.OutOfRange, $"{name} has no frames: give a clip of one frame or more");
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Size and rate.</summary>
    public VideoFormat Format { get; }

    /// <summary>F.</summary>
    public int Count { get; }

    /// <summary>What is dropped or changed in reading.</summary>
    public IReadOnlyList<Notice> Notices { get; }

    /// <summary>Shows its frames.</summary>
    /// <param name="visit">sees each</param>
    /// <param name="end">the first that is not wanted; all are if absent</param>
    /// <exception cref="InputException">a frame cannot be read</exception>
    public void Walk(FrameVisitor visit, int? end = null)
    {
        using var reader = Open();
        byte[] rgb = new byte[Format.FrameBytes];
        for (int frame = 0; frame < (end ?? Count); frame++)
        {
            Read(reader, rgb);
            visit(frame, rgb);
        }
    }

    /// <summary>Starts reading at the first frame.</summary>
    public IFrameReader Open() => _source.Open(_stop);

    /// <summary>Reads the next frame, which must be there.</summary>
    /// <param name="reader">what <see cref="Open"/> gave</param>
    /// <param name="rgb">[H,W,3], the result</param>
    /// <exception cref="InputException">it is not there, or cannot be read</exception>
    public void Read(IFrameReader reader, Span<byte> rgb)
    {
        _stop.ThrowIfCancellationRequested();
        bool isSame = (reader.Format.Width, reader.Format.Height) == (Format.Width, Format.Height);
        if (isSame && reader.TryRead(rgb, out _)) return;
        throw new InputException(InputCode.Damaged, $"{Name} has changed since it was looked at: leave a clip alone while it is scored");
    }

    private static int Counted(IFrameReader reader)
    {
        byte[] rgb = new byte[reader.Format.FrameBytes];
        int count = 0;
        while (reader.TryRead(rgb, out _)) count++;
        return count;
    }
}
