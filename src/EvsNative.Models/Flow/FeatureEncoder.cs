using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>What pixels of one picture are found in the other by: features at an eighth of its size.</summary>
internal sealed class FeatureEncoder
{
    /// <summary>Pixels along one side of a feature.</summary>
    public const int Factor = 8;

    private const int Kernel = 7, First = 32, Second = 64, Third = 96;

    private readonly PatchConvolution _conv1;
    private readonly InstanceNorm _norm1;
    private readonly AmtBottleneck[] _layers;
    private readonly Conv2d _conv2;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public FeatureEncoder(WeightSource w, int outChannels)
    {
        _path = w.Path;
        _conv1 = new PatchConvolution(w / "conv1", 3, First, new PatchGeometry(Kernel, Kernel, Stride: 2, Padding: Kernel / 2));
        _norm1 = new InstanceNorm(w / "conv1", First, NormedConv.Eps);
        _layers =
        [
            new AmtBottleneck(w / "layer1" / "0", First, First), new AmtBottleneck(w / "layer1" / "1", First, First),
            new AmtBottleneck(w / "layer2" / "0", First, Second, stride: 2), new AmtBottleneck(w / "layer2" / "1", Second, Second),
            new AmtBottleneck(w / "layer3" / "0", Second, Third, stride: 2), new AmtBottleneck(w / "layer3" / "1", Third, Third),
        ];
        _conv2 = new Conv2d(w / "conv2", Third, outChannels, kernel: 1);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[1,H,W,3], sides multiples of 8, the mean colour at 0</param>
    /// <param name="into">[1,H/8,W/8,Cout]</param>
    public void Forward(Device d, Tensor x, Tensor into)
    {
        using var scope = d.Enter(_path);
        var y = _conv1.Forward(d, x);
        _norm1.Forward(d, y, Activation.Relu, into: y);
        foreach (var layer in _layers) y = layer.Forward(d, y);
        _conv2.Forward(d, y, into: into);
    }
}
