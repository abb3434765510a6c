using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// y = activation(x W + bias) + residual for every pixel or token. The weights may be stored as [out,in] or as a 1x1 convolution.
/// </summary>
public sealed class Linear
{
    private readonly Filter _weight;
    private readonly Tensor _bias;
    private readonly string _path;

    /// <summary>Reads <c>weight</c> and <c>bias</c>.</summary>
    public Linear(WeightSource w, int inChannels, int outChannels)
    {
        _path = w.Path;
        _weight = w.Filter(new FilterShape(outChannels, inChannels), "weight");
        _bias = w.Vector("bias", outChannels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,Cin]</param>
    /// <param name="residual">[N,H,W,Cout], added last</param>
    /// <param name="activation">applied before the residual is added</param>
    /// <param name="into">where to write, it may be the residual; rented if absent</param>
    /// <returns>[N,H,W,Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? residual = null, Activation activation = Activation.None, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape with { C = _weight.Shape.Out }, x.Type);
        using var scope = d.Enter(_path);
        d.Kernels.Linear(y, x, _weight, new Epilogue(_bias, Residual: residual, Activation: activation));
        return y;
    }
}
