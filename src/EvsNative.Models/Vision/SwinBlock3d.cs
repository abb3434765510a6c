using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Attention inside windows, then two linear layers; each behind a norm and beside a residual.</summary>
internal sealed class SwinBlock3d
{
    private readonly LayerNorm _norm1, _norm2;
    private readonly WindowSelfAttention _attn;
    private readonly Mlp _mlp;
    private readonly string _path;

    public SwinBlock3d(WeightSource w, int channels, int heads, bool isShifted, bool hasFragments)
    {
        _path = w.Path;
        _norm1 = new LayerNorm(w / "norm1", channels);
        _attn = new WindowSelfAttention(w / "attn", channels, heads, isShifted, hasFragments);
        _norm2 = new LayerNorm(w / "norm2", channels);
        _mlp = new Mlp(w / "mlp", "fc1", "fc2", channels, 4 * channels, Activation.Gelu);
    }

    /// <summary>h [D,H,W,C], a clip, is updated in place.</summary>
    public void Update(Device d, Tensor h)
    {
        using var scope = d.Enter(_path);

        var normed = d.Rent(h.Shape);
        _attn.Update(d, _norm1.Forward(d, h, into: normed), h);
        _mlp.Forward(d, _norm2.Forward(d, h, into: normed), residual: h, into: h);
    }
}
