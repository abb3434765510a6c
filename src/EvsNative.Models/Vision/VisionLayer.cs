using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Attention among the tokens of each picture, then two linear layers; each behind a norm and beside a residual.</summary>
internal sealed class VisionLayer
{
    /// <summary>The epsilon of every norm of DINO and SigLIP.</summary>
    public const float NormEps = 1e-6f;

    private readonly LayerNorm _norm1, _norm2;
    private readonly SelfAttention _attention;
    private readonly Linear _fc1, _fc2;
    private readonly Activation _activation;
    private readonly string _path;

    public VisionLayer(WeightSource w, VisionLayerNames names, int channels, int heads, int inner, Activation activation)
    {
        (_path, _activation) = (w.Path, activation);
        _norm1 = new LayerNorm(w / names.Norm1, channels, NormEps);
        _attention = new SelfAttention(w / names.Attention, channels, heads, names.Projections);
        _norm2 = new LayerNorm(w / names.Norm2, channels, NormEps);
        _fc1 = new Linear(w / "mlp.fc1", channels, inner);
        _fc2 = new Linear(w / "mlp.fc2", inner, channels);
    }

    /// <summary>h [N,1,T,C] is updated in place.</summary>
    public void Update(Device d, Tensor h)
    {
        using var scope = d.Enter(_path);

        var normed = d.Rent(h.Shape);
        _attention.Forward(d, _norm1.Forward(d, h, into: normed), residual: h, into: h);
        var hidden = _fc1.Forward(d, _norm2.Forward(d, h, into: normed), activation: _activation);
        _fc2.Forward(d, hidden, residual: h, into: h);
    }
}
