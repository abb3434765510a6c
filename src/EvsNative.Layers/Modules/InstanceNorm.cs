using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// Zero mean and unit variance over each image and channel, then an activation: a group norm of as many groups as channels, without
/// weights.
/// </summary>
public sealed class InstanceNorm
{
    private readonly Tensor _ones, _zeros;
    private readonly float _eps;
    private readonly string _path;

    /// <summary>Reads nothing.</summary>
    public InstanceNorm(WeightSource w, int channels, float eps)
    {
        (_path, _eps) = (w.Path, eps);
        _ones = w.Constant(() => [.. Enumerable.Repeat(1f, channels)], Shape.Vector(channels));
        _zeros = w.Constant(() => new float[channels], Shape.Vector(channels));
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="activation">applied last</param>
    /// <param name="into">where to write, it may be x; rented if absent</param>
    /// <param name="moments">what the product that made x left of it</param>
    /// <returns>[N,H,W,C]</returns>
    public Tensor Forward(Device d, Tensor x, Activation activation = Activation.None, Tensor? into = null, Tensor? moments = null)
    {
        var y = into ?? d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(_path);
        d.Kernels.GroupNorm(y, x, null, _ones, _zeros, x.Shape.C, _eps, activation, moments);
        return y;
    }
}
