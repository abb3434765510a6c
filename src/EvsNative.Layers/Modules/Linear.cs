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

    private Linear(string path, Filter weight, Tensor bias) => (_path, _weight, _bias) = (path, weight, bias);

    /// <summary>
    /// A layer each of whose results is multiplied by a number of its own (layer scale): the numbers are folded into <c>weight</c> and
    /// <c>bias</c> when they are loaded.
    /// </summary>
    /// <param name="w">the folder of the layer and of the numbers</param>
    /// <param name="name">the layer</param>
    /// <param name="scale">the vector of outChannels numbers</param>
    /// <param name="inChannels">channels of x</param>
    /// <param name="outChannels">channels of the result</param>
    public static Linear Scaled(WeightSource w, string name, string scale, int inChannels, int outChannels)
    {
        (string, long[]) numbers = (scale, [outChannels]);
        var shape = new FilterShape(outChannels, inChannels);
        var weight = w.MadeFilter(shape, Multiplied, ($"{name}.weight", [outChannels, inChannels]), numbers);
        var bias = w.MadeNumbers(Shape.Vector(outChannels), Multiplied, ($"{name}.bias", [outChannels]), numbers);
        return new Linear((w / name).Path, weight, bias);
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

    /// <summary>The rows of the first tensor, each times its number of the second.</summary>
    private static float[] Multiplied(float[][] stored)
    {
        var (values, numbers) = (stored[0], stored[1]);
        int row = values.Length / numbers.Length;
        float[] products = new float[values.Length];
        for (int i = 0; i < products.Length; i++) products[i] = (float)((double)values[i] * numbers[i / row]);
        return products;
    }
}
