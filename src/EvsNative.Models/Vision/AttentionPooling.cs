using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// One token for all tokens of a picture: a learned query attends to them, then two linear layers beside a residual. The query is the
/// same for every picture, so it is projected when the weights are loaded, in float64.
/// </summary>
internal sealed class AttentionPooling
{
    private readonly Tensor _query, _kvBias;
    private readonly Filter _toKv;
    private readonly Linear _outProj, _fc1, _fc2;
    private readonly LayerNorm _layernorm;
    private readonly int _heads;
    private readonly string _path;

    /// <summary>Reads <c>probe</c>, <c>attention</c> in the names of torch's MultiheadAttention, <c>layernorm</c> and <c>mlp</c>.</summary>
    public AttentionPooling(WeightSource w, int channels, int heads, int inner)
    {
        (_path, _heads) = (w.Path, heads);
        (string, long[]) probe = ("probe", [1, 1, channels]);
        (string, long[]) weight = ("attention.in_proj_weight", [3 * channels, channels]), bias = ("attention.in_proj_bias", [3 * channels]);
        _query = w.MadeNumbers(Shape.Vector(channels), Projected, probe, weight, bias);
        _toKv = w.MadeFilter(new FilterShape(2 * channels, channels, Sections: 2), read => read[0][(channels * channels)..], weight);
        _kvBias = w.MadeNumbers(Shape.Vector(2 * channels), read => read[0][channels..], bias);
        _outProj = new Linear(w / "attention.out_proj", channels, channels);
        _layernorm = new LayerNorm(w / "layernorm", channels, Siglip.NormEps);
        _fc1 = new Linear(w / "mlp.fc1", channels, inner);
        _fc2 = new Linear(w / "mlp.fc2", inner, channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,1,T,C], through the last norm</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,1,1,C]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? into = null)
    {
        var pooled = x.Shape with { W = 1 };
        var y = into ?? d.Rent(pooled);
        using var scope = d.Enter(_path);

        Tensor k = d.Rent(x.Shape), v = d.Rent(x.Shape), q = d.Rent(pooled), o = d.Rent(pooled);
        d.Kernels.LinearSplit([k, v], x, _toKv, _kvBias);
        for (int n = 0; n < pooled.N; n++) d.Kernels.Copy(q.Images(n, 1), _query);
        d.Kernels.Attention(o, q, k, v, new AttentionOptions(_heads));
        _outProj.Forward(d, o, into: y);
        var hidden = _fc1.Forward(d, _layernorm.Forward(d, y, into: o), activation: Activation.GeluTanh);
        return _fc2.Forward(d, hidden, residual: y, into: y);
    }

    /// <summary>The first third of the projection, of the probe.</summary>
    private static float[] Projected(float[][] read)
    {
        float[] probe = read[0], weight = read[1], bias = read[2], query = new float[probe.Length];
        for (int o = 0; o < query.Length; o++)
        {
            double sum = bias[o];
            for (int c = 0; c < probe.Length; c++) sum += (double)weight[(o * probe.Length) + c] * probe[c];
            query[o] = (float)sum;
        }

        return query;
    }
}
