using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Attention of each word to those before it, then two linear layers; each behind a norm and beside a residual.</summary>
internal sealed class ClipLayer
{
    private readonly LayerNorm _layerNorm1, _layerNorm2;
    private readonly SelfAttention _selfAttn;
    private readonly Linear _fc1, _fc2;
    private readonly Activation _activation;
    private readonly string _path;

    public ClipLayer(WeightSource w, ClipConfig config)
    {
        (_path, _activation) = (w.Path, config.Activation);
        _layerNorm1 = new LayerNorm(w / "layer_norm1", config.HiddenSize, config.LayerNormEps);
        _selfAttn = new SelfAttention(w / "self_attn", config.HiddenSize, config.Heads, ProjectionNames.Clip, isCausal: true);
        _layerNorm2 = new LayerNorm(w / "layer_norm2", config.HiddenSize, config.LayerNormEps);
        _fc1 = new Linear(w / "mlp.fc1", config.HiddenSize, config.IntermediateSize);
        _fc2 = new Linear(w / "mlp.fc2", config.IntermediateSize, config.HiddenSize);
    }

    /// <summary>h [1,1,J,D] is updated in place.</summary>
    public void Update(Device d, Tensor h)
    {
        using var scope = d.Enter(_path);

        var normed = d.Rent(h.Shape);
        _selfAttn.Forward(d, _layerNorm1.Forward(d, h, into: normed), residual: h, into: h);
        var hidden = _fc1.Forward(d, _layerNorm2.Forward(d, h, into: normed), activation: _activation);
        _fc2.Forward(d, hidden, residual: h, into: h);
    }
}
