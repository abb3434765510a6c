using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A layer of CLIP, SigLIP and DINO: attention among the tokens of each image, then two linear layers; each behind a norm and beside a
/// residual.
/// </summary>
public sealed class EncoderLayer
{
    private readonly LayerNorm _norm1, _norm2;
    private readonly SelfAttention _attention;
    private readonly Linear _fc1, _fc2;
    private readonly Activation _activation;
    private readonly string _path;

    /// <summary>Reads the parts.</summary>
    /// <param name="w">the layer's folder</param>
    /// <param name="names">how its parts are called</param>
    /// <param name="channels">of a token</param>
    /// <param name="heads">of the attention</param>
    /// <param name="inner">between the linear layers</param>
    /// <param name="activation">between the linear layers</param>
    /// <param name="normEps">of both norms</param>
    /// <param name="isCausal">a token sees those before it alone</param>
    public EncoderLayer(
        WeightSource w, EncoderLayerNames names, int channels, int heads, int inner, Activation activation, float normEps,
        bool isCausal = false)
    {
        (_path, _activation) = (w.Path, activation);
        _norm1 = new LayerNorm(w / names.Norm1, channels, normEps);
        _attention = new SelfAttention(w / names.Attention, channels, heads, names.Projections, isCausal);
        _norm2 = new LayerNorm(w / names.Norm2, channels, normEps);
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
