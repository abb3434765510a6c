using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>Enlarges a picture by nearest neighbour and smooths it by a convolution, which reads the small picture directly.</summary>
public sealed class Upsample
{
    private readonly Conv2d _conv;

    /// <summary>Reads <c>conv</c>.</summary>
    public Upsample(WeightSource w, int channels) => _conv = new Conv2d(w / "conv", channels, channels, isEnlarging: true);

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="size">height and width of the result: 2 H and 2 W, or a skip connection's where the picture does not divide</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,size,C]</returns>
    public Tensor Forward(Device d, Tensor x, (int H, int W) size, Tensor? into = null) => _conv.Forward(d, x, upsampled: size, into: into);
}
