using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// Attention of each pixel to itself through the frames, twice, and a gated network. Positions in time are added behind the norm, so that
/// q, k and v see them and the residual stream does not.
/// </summary>
public sealed class TemporalTransformerBlock
{
    private readonly LayerNorm _norm1, _norm2, _norm3;
    private readonly SelfAttention _attn1, _attn2;
    private readonly FeedForward _ff;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass; positions are computed, not read.</summary>
    public TemporalTransformerBlock(WeightSource w, int channels, int heads)
    {
        _path = w.Path;
        _norm1 = new LayerNorm(w / "norm1", channels);
        _attn1 = new SelfAttention(w / "attn1", channels, heads);
        _norm2 = new LayerNorm(w / "norm2", channels);
        _attn2 = new SelfAttention(w / "attn2", channels, heads);
        _norm3 = new LayerNorm(w / "norm3", channels);
        _ff = new FeedForward(w / "ff", channels);
    }

    /// <summary>h is updated in place.</summary>
    /// <param name="d">the device</param>
    /// <param name="h">[videos F,H,W,C]</param>
    /// <param name="positions">[F,1,1,C]</param>
    public void Update(Device d, Tensor h, Tensor positions)
    {
        using var scope = d.Enter(_path);

        int frames = positions.Shape.N;
        var normed = d.Rent(h.Shape, h.Type);
        _attn1.Forward(d, _norm1.Forward(d, h, positions, into: normed), residual: h, frames, into: h);
        _attn2.Forward(d, _norm2.Forward(d, h, positions, into: normed), residual: h, frames, into: h);
        _ff.Forward(d, _norm3.Forward(d, h, into: normed), residual: h, into: h);
    }
}
