using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>The mean of <see cref="StructuralSimilarity"/> over the frames of two clips, which are given in turn.</summary>
/// <param name="format">of both</param>
internal sealed class MeanSimilarity(VideoFormat format) : IDisposable
{
    private readonly Luma _a = new(format), _b = new(format);
    private readonly bool _fits = StructuralSimilarity.Fits(format);
    private double _sum;
    private int _frames;

    /// <summary>The mean; null where there are no frames, or they are smaller than a window.</summary>
    public double? Value => _fits && _frames > 0 ? _sum / _frames : null;

    /// <summary>A frame of each, [H,W,3].</summary>
    public void Add(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (!_fits) return;
        _a.Read(a);
        _b.Read(b);
        _sum += StructuralSimilarity.Of(_a, _b);
        _frames++;
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
    }
}
