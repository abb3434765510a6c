using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>Zero mean and unit variance over each token's channels, then a scale and an offset per channel.</summary>
public sealed class LayerNorm
{
    private readonly Tensor _weight, _bias;
    private readonly float _eps;
    private readonly string _path;

    /// <summary>Reads <c>weight</c> and <c>bias</c>.</summary>
    public LayerNorm(WeightSource w, int channels, float eps = 1e-5f)
    {
        _path = w.Path;
        _eps = eps;
        _weight = w.Vector("weight", channels);
        _bias = w.Vector("bias", channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="perImage">[F,1,1,C], its vector n mod F is added to image n: positions in time</param>
    /// <param name="into">where to write, it may be x; rented if absent</param>
    /// <returns>[N,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? perImage = null, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);
        d.Kernels.LayerNorm(y, x, _weight, _bias, _eps, perImage);
        return y;
    }
}
