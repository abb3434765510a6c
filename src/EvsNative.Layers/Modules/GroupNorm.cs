using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// Zero mean and unit variance over each image and group of channels, then a scale and an offset per channel, then an activation.
/// </summary>
public sealed class GroupNorm
{
    private readonly Tensor _weight, _bias;
    private readonly int _groups;
    private readonly float _eps;
    private readonly string _path;

    /// <summary>Reads <c>weight</c> and <c>bias</c>.</summary>
    public GroupNorm(WeightSource w, int channels, int groups, float eps)
    {
        _path = w.Path;
        (_groups, _eps) = (groups, eps);
        _weight = w.Vector("weight", channels);
        _bias = w.Vector("bias", channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="x2">[N,H,W,C2], its channels follow those of x</param>
    /// <param name="activation">applied last</param>
    /// <param name="into">where to write, it may be x where there is no x2; rented if absent</param>
    /// <param name="moments">what the product that made x left of it, where there is no x2</param>
    /// <returns>[N,H,W,C+C2]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? x2 = null, Activation activation = Activation.None, Tensor? into = null,
        Tensor? moments = null)
    {
        var y = into ?? d.Rent(x.Shape with { C = _weight.Shape.C }, x.Type);
        using var scope = d.Enter(_path);
        d.Kernels.GroupNorm(y, x, x2, _weight, _bias, _groups, _eps, activation, moments);
        return y;
    }
}
