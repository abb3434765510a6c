using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// y = out(softmax(q k^T / sqrt(d)) v) + residual with q, k and v from one product on x: over the pixels of an image, over a pixel's
/// frames, or over the words before a word.
/// </summary>
public sealed class SelfAttention
{
    private readonly Filter _toQkv;
    private readonly Tensor? _bias;
    private readonly Linear _toOut;
    private readonly int _heads;
    private readonly bool _isCausal;
    private readonly string _path, _q, _k, _v;

    /// <summary>Reads the projections under the names given, those of the U-Net if none are.</summary>
    public SelfAttention(WeightSource w, int channels, int heads, ProjectionNames? names = null, bool isCausal = false)
    {
        names ??= ProjectionNames.UNet;
        string[] stacked = names.Joint is { } joint ? [joint] : [names.Query, names.Key, names.Value];
        _path = w.Path;
        (_q, _k, _v) = ($"{_path}.q", $"{_path}.k", $"{_path}.v");
        (_heads, _isCausal) = (heads, isCausal);
        _toQkv = w.Filter(new FilterShape(3 * channels, channels, Sections: 3), [.. stacked.Select(n => $"{n}.weight")]);
        _bias = names.HasBias ? w.Vectors(3 * channels / stacked.Length, [.. stacked.Select(n => $"{n}.bias")]) : null;
        _toOut = new Linear(w / names.Out, channels, channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C], already through its norm</param>
    /// <param name="residual">[N,H,W,C], added to the output</param>
    /// <param name="frames">0: each image attends to itself; else each pixel attends to itself through this many frames</param>
    /// <param name="tap">takes or replaces <c>path.k</c> and <c>path.v</c>, takes or blends <c>path.q</c></param>
    /// <param name="into">where to write, it may be the residual; rented if absent</param>
    /// <returns>[N,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor residual, int frames = 0, IFeatureTap? tap = null, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);

        Tensor q = d.Rent(x.Shape, x.Type), k = d.Rent(x.Shape, x.Type), v = d.Rent(x.Shape, x.Type), o = d.Rent(x.Shape, x.Type);
        d.Kernels.LinearSplit([q, k, v], x, _toQkv, _bias);

        QueryBlend? blend = null;
        if (tap is not null)
        {
            tap.Observe(_q, q);
            if (tap.Injected(_q) is { } inverted) blend = new QueryBlend(inverted.Recorded, inverted.Weight);
            k = Exchanged(tap, _k, k);
            v = Exchanged(tap, _v, v);
        }

        var axis = frames > 0 ? SequenceAxis.Frames : SequenceAxis.Tokens;
        d.Kernels.Attention(o, q, k, v, new AttentionOptions(_heads, axis, frames, _isCausal, blend));
        return _toOut.Forward(d, o, residual, into: y);
    }

    /// <summary>The recorded tensor of this name if there is one; else the layer's own, offered for recording.</summary>
    private static Tensor Exchanged(IFeatureTap tap, string name, Tensor own)
    {
        if (tap.Injected(name) is { } injection) return injection.Recorded;
        tap.Observe(name, own);
        return own;
    }
}
