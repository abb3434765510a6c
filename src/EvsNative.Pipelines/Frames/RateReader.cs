using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// The frames of another reader at another rate: some are shown twice or more, others not at all, as ffmpeg's filter <c>fps</c> does. The
/// k-th frame is shown at k / rate and is the last one whose time, rounded to such steps, is not later. It owns that reader.
/// </summary>
internal sealed class RateReader : IFrameReader
{
    private readonly IFrameReader _reader;
    private readonly int[] _sources;
    private readonly byte[] _rgb, _alpha;
    private readonly CancellationToken _cancellation;
    private int _next, _read;

    /// <summary>Starts.</summary>
    /// <param name="reader">of which nothing was read yet</param>
    /// <param name="stamps">when its frames are shown</param>
    /// <param name="ending">when the last one is no longer shown</param>
    /// <param name="rate">frames a second that are wanted</param>
    /// <param name="cancellation">stops reading</param>
    public RateReader(
        IFrameReader reader, IReadOnlyList<TimeSpan> stamps, TimeSpan ending, Rational rate, CancellationToken cancellation)
    {
        (_reader, _cancellation) = (reader, cancellation);
        Format = reader.Format with { Rate = rate, TimeBase = rate.Inverse() };
        _sources = Sources(stamps, ending, rate);
        _rgb = new byte[Format.FrameBytes];
        _alpha = new byte[Format.HasAlpha ? Format.Width * Format.Height : 0];
        int shown = _sources.Distinct().Count(), dropped = stamps.Count - shown, repeated = _sources.Length - shown;
        Notices =
        [
            .. reader.Notices,
            new Notice(
                NoticeCode.Changed,
                $"{reader.Source}: {reader.Format.Rate.ToDecimal()} frames a second become {rate.ToDecimal()}: {dropped} of {stamps.Count} "
                + $"frames are dropped, {repeated} repeated"),
        ];
    }

    /// <inheritdoc/>
    public VideoFormat Format { get; }

    /// <inheritdoc/>
    public string Source => _reader.Source;

    /// <inheritdoc/>
    public int? Frames => _sources.Length;

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices { get; }

    /// <inheritdoc/>
    public ClipOrigin? Origin => _reader.Origin;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Alpha => _alpha;

    /// <summary>Which frame is shown in each step.</summary>
    /// <param name="stamps">when they are shown, later and later</param>
    /// <param name="ending">when the last one is no longer shown</param>
    /// <param name="rate">steps a second</param>
    internal static int[] Sources(IReadOnlyList<TimeSpan> stamps, TimeSpan ending, Rational rate)
    {
        long Step(TimeSpan time) => (long)Math.Round(
            (decimal)time.Ticks * rate.Numerator / ((decimal)TimeSpan.TicksPerSecond * rate.Denominator), MidpointRounding.AwayFromZero);
        long count = Math.Max(Step(ending), 1);
        if (count > int.MaxValue / 2)
            throw new InputException(InputCode.TooLarge, $"--fps {rate} makes {count} frames of the clip: choose a lower rate");
        int[] sources = new int[count];
        int shown = 0;
        for (int k = 0; k < count; k++)
        {
            while (shown + 1 < stamps.Count && Step(stamps[shown + 1]) <= k) shown++;
            sources[k] = shown;
        }

        return sources;
    }

    /// <inheritdoc/>
    public bool TryRead(Span<byte> rgb, out TimeSpan stamp)
    {
        _cancellation.ThrowIfCancellationRequested();
        stamp = Format.StampOf(_next);
        if (_next == _sources.Length) return false;
        int wanted = _sources[_next++];
        while (_read <= wanted)
        {
            if (!_reader.TryRead(_rgb, out _)) return false;
            _reader.Alpha.CopyTo(_alpha);
            _read++;
        }

        _rgb.CopyTo(rgb);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
