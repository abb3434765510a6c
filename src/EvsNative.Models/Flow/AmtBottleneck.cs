using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>
/// Three convolutions through a quarter of the channels, each with its norm and its rectifier, added to the input, and a rectifier again. A
/// block that halves the picture makes the input fit by a fourth convolution and a norm.
/// </summary>
internal sealed class AmtBottleneck
{
    private const int Narrowing = 4;

    private readonly NormedConv _conv1, _conv2, _conv3;
    private readonly NormedConv? _downsample;
    private readonly Prelu _rectifier;
    private readonly int _outChannels, _stride;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public AmtBottleneck(WeightSource w, int inChannels, int outChannels, int stride = 1)
    {
        (_path, _outChannels, _stride) = (w.Path, outChannels, stride);
        int inner = outChannels / Narrowing;
        _conv1 = new NormedConv(w / "conv1", inChannels, inner, kernel: 1);
        _conv2 = new NormedConv(w / "conv2", inner, inner, stride: stride);
        _conv3 = new NormedConv(w / "conv3", inner, outChannels, kernel: 1);
        _downsample = stride == 1 ? null : new NormedConv(w / "downsample" / "0", inChannels, outChannels, kernel: 1, stride);
        _rectifier = Prelu.Of(w, outChannels, slope: 0);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C], with stride 2 of even sides</param>
    /// <returns>[N,H / stride,W / stride,Cout]</returns>
    public Tensor Forward(Device d, Tensor x)
    {
        var s = x.Shape;
        var y = d.Rent(new Shape(s.N, s.H / _stride, s.W / _stride, _outChannels), x.Type);
        using var scope = d.Enter(_path);
        var inner = _conv2.Forward(d, _conv1.Forward(d, x, Activation.Relu), Activation.Relu);
        _conv3.Forward(d, inner, Activation.Relu, into: y);
        var skip = _downsample?.Forward(d, x, Activation.None) ?? x;
        return _rectifier.Forward(d, y, residual: skip, into: y);
    }
}
