using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// y = out(softmax(q k^T / sqrt(d)) v) + residual with q from the picture, k and v from the text. Padding words are not masked.
/// </summary>
public sealed class CrossAttention
{
    private readonly Filter _toQ, _toKv;
    private readonly Linear _toOut;
    private readonly int _channels, _heads;
    private readonly string _path;

    /// <summary>Reads <c>to_q</c>, <c>to_k</c>, <c>to_v</c> without biases and <c>to_out.0</c> with one.</summary>
    public CrossAttention(WeightSource w, int channels, int textChannels, int heads)
    {
        _path = w.Path;
        (_channels, _heads) = (channels, heads);
        _toQ = w.Filter(new FilterShape(channels, channels), "to_q.weight");
        _toKv = w.Filter(new FilterShape(2 * channels, textChannels, Sections: 2), "to_k.weight", "to_v.weight");
        _toOut = new Linear(w / "to_out.0", channels, channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C], already through its norm</param>
    /// <param name="text">[1,1,J,T] for all images, [N,1,J,T], or one for each run of images</param>
    /// <param name="residual">[N,H,W,C], added to the output</param>
    /// <param name="into">where to write, it may be the residual; rented if absent</param>
    /// <returns>[N,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, TextContext text, Tensor residual, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);

        Tensor q = d.Rent(x.Shape, x.Type), o = d.Rent(x.Shape, x.Type);
        d.Kernels.Linear(q, x, _toQ, default);
        int first = 0;
        foreach (var run in text.Of(x.Shape.N))
        {
            Attend(d, o.Images(first, run.Images), q.Images(first, run.Images), run.Words);
            first += run.Images;
        }

        return _toOut.Forward(d, o, residual, into: y);
    }

    private void Attend(Device d, Tensor o, Tensor q, Tensor words)
    {
        using var scope = d.Enter(_path);

        var shape = words.Shape with { C = _channels };
        Tensor k = d.Rent(shape, q.Type), v = d.Rent(shape, q.Type);
        d.Kernels.LinearSplit([k, v], words, _toKv, null);
        d.Kernels.Attention(o, q, k, v, new AttentionOptions(_heads));
    }
}
