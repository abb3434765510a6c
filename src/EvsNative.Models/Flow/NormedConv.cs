using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>A convolution and an instance norm, in place.</summary>
internal sealed class NormedConv
{
    /// <summary>Epsilon of every norm in the network.</summary>
    public const float Eps = 1e-5f;

    private readonly Conv2d _conv;
    private readonly InstanceNorm _norm;
    private readonly int _outChannels, _stride;

    /// <summary>Reads the convolution in this folder.</summary>
    public NormedConv(WeightSource w, int inChannels, int outChannels, int kernel = 3, int stride = 1)
    {
        (_outChannels, _stride) = (outChannels, stride);
        _conv = new Conv2d(w, inChannels, outChannels, kernel, stride);
        _norm = new InstanceNorm(w, outChannels, Eps);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C], with stride 2 of even sides</param>
    /// <param name="activation">applied last</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,H / stride,W / stride,Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Activation activation, Tensor? into = null)
    {
        var s = x.Shape;
        var y = into ?? d.Rent(new Shape(s.N, s.H / _stride, s.W / _stride, _outChannels), x.Type);
        using var scope = d.Enter(d.Path);
        var moments = d.RentMoments(y.Shape);
        _conv.Forward(d, x, into: y, moments: moments);
        return _norm.Forward(d, y, activation, into: y, moments: moments);
    }
}
