using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Pictures;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli.Report;

/// <summary>
/// The frames that a page plays: both clips from their beginning, one frame after the other, since flicker is seen in neighbours alone.
/// They are packed as they come, and end where the page would become too heavy to open.
/// </summary>
/// <param name="mostBytes">of all frames, as the page's text has them</param>
internal sealed class PageFrames(long mostBytes = PageFrames.MostBytes) : IPairWatcher
{
    /// <summary>Bytes of all frames on a page, as its text has them.</summary>
    public const long MostBytes = 40_000_000;

    /// <summary>A browser unpacks each of them.</summary>
    public const int MostPairs = 1000;

    /// <summary>Above this many pixels in all, frames are kept as JPEG: a page of lossless frames would be too heavy to open.</summary>
    private const long LosslessPixels = 8_000_000;

    private const int JpegQuality = 92;

    private readonly List<PagePair> _pairs = [];
    private long _bytes;
    private bool _isFull;

    /// <summary>Size and rate of both clips' frames.</summary>
    public VideoFormat Format { get; private set; } = new(1, 1, FrameFiles.DefaultRate);

    /// <summary>Frames of the whole clip.</summary>
    public int Count { get; private set; }

    /// <summary>Whether frames are as they are, as PNG; else they are JPEG.</summary>
    public bool IsLossless { get; private set; }

    /// <summary>The frames to show, from the first on.</summary>
    public IReadOnlyList<PagePair> Pairs => _pairs;

    /// <summary>When the last frame to show ends, from the clip's beginning.</summary>
    public TimeSpan End { get; private set; }

    /// <inheritdoc/>
    public void Begin(VideoFormat format, int frames)
    {
        (Format, Count) = (format, frames);
        IsLossless = 2L * Math.Min(frames, MostPairs) * format.Width * format.Height <= LosslessPixels;
    }

    /// <inheritdoc/>
    public void Add(byte[] before, byte[] after, TimeSpan stamp)
    {
        if (_isFull) return;
        End = stamp;
        byte[][] files = new byte[2][];
        Parallel.For(0, 2, i => files[i] = Pack(i == 0 ? before : after));
        long bytes = files.Sum(file => Base64Length(file.Length));
        // One pair is always shown.
        _isFull = _pairs.Count > 0 && (_pairs.Count == MostPairs || _bytes + bytes > mostBytes);
        if (_isFull) return;
        _pairs.Add(new PagePair(files[0], files[1], stamp));
        _bytes += bytes;
        End = stamp + Format.StampOf(1);
    }

    private static long Base64Length(long bytes) => (bytes + 2) / 3 * 4;

    private byte[] Pack(byte[] rgb) => IsLossless
        ? StillImage.Png(rgb, Format.Width, Format.Height)
        : StillImage.Jpeg(rgb, Format.Width, Format.Height, JpegQuality);
}

/// <summary>A frame of both clips, packed.</summary>
/// <param name="Before">the clip that was given</param>
/// <param name="After">the result</param>
/// <param name="Stamp">when it is shown</param>
internal sealed record PagePair(byte[] Before, byte[] After, TimeSpan Stamp);
