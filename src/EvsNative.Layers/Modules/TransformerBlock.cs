using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>Attention over the picture, attention to the text, a gated network; each behind a norm and beside a residual.</summary>
public sealed class TransformerBlock
{
    private readonly LayerNorm _norm1, _norm2, _norm3;
    private readonly SelfAttention _attn1;
    private readonly CrossAttention _attn2;
    private readonly FeedForward _ff;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public TransformerBlock(WeightSource w, int channels, int heads, int textChannels)
    {
        _path = w.Path;
        _norm1 = new LayerNorm(w / "norm1", channels);
        _attn1 = new SelfAttention(w / "attn1", channels, heads);
        _norm2 = new LayerNorm(w / "norm2", channels);
        _attn2 = new CrossAttention(w / "attn2", channels, textChannels, heads);
        _norm3 = new LayerNorm(w / "norm3", channels);
        _ff = new FeedForward(w / "ff", channels);
    }

    /// <summary>h is updated in place.</summary>
    /// <param name="d">the device</param>
    /// <param name="h">[N,H,W,C]</param>
    /// <param name="text">[1,1,J,T], [N,1,J,T], or one for each run of images</param>
    /// <param name="tap">recorded features, or features to record</param>
    public void Update(Device d, Tensor h, TextContext text, IFeatureTap? tap = null)
    {
        using var scope = d.Enter(_path);

        var normed = d.Rent(h.Shape, h.Type);
        _attn1.Forward(d, _norm1.Forward(d, h, into: normed), residual: h, tap: tap, into: h);
        _attn2.Forward(d, _norm2.Forward(d, h, into: normed), text, residual: h, into: h);
        _ff.Forward(d, _norm3.Forward(d, h, into: normed), residual: h, into: h);
    }
}
