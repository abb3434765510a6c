using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>
/// Measures a clip of any length while its frames pass by, in order. The luma of two frames is held, and three numbers of each frame.
/// </summary>
/// <param name="format">the frames' size</param>
/// <param name="cancellation">stops within a frame</param>
internal sealed class ClipMeasures(VideoFormat format, CancellationToken cancellation = default) : IDisposable
{
    private readonly double _pixels = (double)format.Height * format.Width;
    private readonly List<double> _flicker = [], _residual = [], _sharpness = [];
    private Luma _here = new(format), _last = new(format);
    private long _squares;
    private int _compared;

    /// <summary>Frames so far.</summary>
    public int Count => _sharpness.Count;

    /// <summary>The flicker of each two neighbouring frames, in grey levels.</summary>
    public IEnumerable<double> Flicker => _flicker.Select(sum => sum / _pixels);

    /// <summary>The residual of each two neighbouring frames, in grey levels; none where a frame is too small for it.</summary>
    public IEnumerable<double> Residual =>
        MotionResidual.Pixels(format) is > 0 and var pixels ? _residual.Select(sum => sum / pixels) : [];

    /// <summary>The numbers of the frames so far. Parts are added up in their order, so that nothing depends on who was quicker.</summary>
    public VideoMeasures Measures => new(
        Mean(_flicker, _pixels),
        Mean(_residual, MotionResidual.Pixels(format)),
        Mean(_sharpness, Luma.InnerPixels(format)),
        _compared > 0 ? SquaredError.Decibel(_squares, (long)_compared * format.FrameBytes) : null);

    /// <summary>Takes the next frame.</summary>
    /// <param name="rgb">[H,W,3]</param>
    /// <param name="reference">what it should look like, [H,W,3]; empty where that is not known</param>
    public void Add(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> reference = default)
    {
        (_last, _here) = (_here, _last);
        _here.Read(rgb);
        if (Count > 0)
        {
            _flicker.Add(_last.Difference(_here));
            _residual.Add(MotionResidual.Between(_last, _here, cancellation));
        }

        _sharpness.Add(_here.Gradients());
        if (reference.IsEmpty) return;
        _squares += SquaredError.Of(rgb, reference);
        _compared++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _here.Dispose();
        _last.Dispose();
    }

    private static double? Mean(List<double> sums, double pixels) =>
        sums.Count > 0 && pixels > 0 ? sums.Sum() / (sums.Count * pixels) : null;
}
