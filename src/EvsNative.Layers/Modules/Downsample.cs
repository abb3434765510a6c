using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>Halves a picture by a convolution of stride 2.</summary>
public sealed class Downsample
{
    private readonly Conv2d _conv;

    /// <summary>Reads <c>conv</c>.</summary>
    /// <param name="w">the folder</param>
    /// <param name="channels">in and out</param>
    /// <param name="padding">Same in the U-Net, After in the autoencoder, whose window starts at row 2 i</param>
    public Downsample(WeightSource w, int channels, ConvPadding padding = ConvPadding.Same) =>
        _conv = new Conv2d(w / "conv", channels, channels, stride: 2, padding: padding);

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,H/2,W/2,C], rounded up for symmetric padding</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? into = null) => _conv.Forward(d, x, into: into);
}
