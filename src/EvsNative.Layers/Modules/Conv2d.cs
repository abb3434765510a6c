using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// A convolution with everything that may be fused into it: a second input, an enlarged input, a vector per image, a residual.
/// </summary>
public sealed class Conv2d
{
    private readonly Filter _weight;
    private readonly Tensor _bias;
    private readonly string _path;
    private readonly int _stride;
    private readonly ConvPadding _padding;

    /// <summary>Reads <c>weight</c> and <c>bias</c>; inChannels counts both inputs where there are two.</summary>
    public Conv2d(WeightSource w, int inChannels, int outChannels, int kernel = 3, int stride = 1, ConvPadding padding = ConvPadding.Same,
        bool isEnlarging = false)
    {
        _path = w.Path;
        (_stride, _padding) = (stride, padding);
        _weight = w.Filter(new FilterShape(outChannels, inChannels, kernel, IsEnlarging: isEnlarging), "weight");
        _bias = w.Vector("bias", outChannels);
    }

    private Conv2d(string path, Filter weight, Tensor bias) => (_path, _weight, _bias, _stride) = (path, weight, bias, 1);

    /// <summary>A 3x3 convolution where there is <see cref="ChannelRoom"/>: reads the same and puts zeros behind.</summary>
    /// <param name="w">the folder</param>
    /// <param name="inChannels">of the input</param>
    /// <param name="outChannels">of the result</param>
    /// <param name="isBefore">the input has room</param>
    /// <param name="isBehind">the result has room</param>
    public static Conv2d Roomy(WeightSource w, int inChannels, int outChannels, bool isBefore = true, bool isBehind = true)
    {
        int inRoom = isBefore ? ChannelRoom.Of(inChannels) : inChannels, outRoom = isBehind ? ChannelRoom.Of(outChannels) : outChannels;
        var filter = ChannelRoom.Filter(w, new FilterShape(outChannels, inChannels, 3), inRoom, outRoom);
        return new Conv2d(w.Path, filter, ChannelRoom.Vector(w, "bias", outChannels, outRoom));
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="x2">[N,H,W,C2], its channels follow those of x</param>
    /// <param name="perImage">[1,1,1,Cout] or [N,1,1,Cout], added to every pixel</param>
    /// <param name="residual">the shape of the result, added last</param>
    /// <param name="upsampled">height and width that the input is enlarged to before it is read</param>
    /// <param name="into">where to write, it may be the residual; rented if absent</param>
    /// <param name="moments">receives the moments of the result, for the norm that follows</param>
    /// <returns>[N,H',W',Cout]; with stride 2, H' is H / 2, rounded up for symmetric padding and down for padding after</returns>
    public Tensor Forward(
        Device d,
        Tensor x,
        Tensor? x2 = null,
        Tensor? perImage = null,
        Tensor? residual = null,
        (int H, int W)? upsampled = null,
        Tensor? into = null,
        Tensor? moments = null)
    {
        var (h, w) = upsampled ?? (x.Shape.H, x.Shape.W);
        var y = into ?? d.Rent(new Shape(x.Shape.N, Strided(h), Strided(w), _weight.Shape.Out), x.Type);
        using var scope = d.Enter(_path);
        var epilogue = new Epilogue(_bias, perImage, residual, Moments: moments);
        d.Kernels.Conv2d(y, x, x2, _weight, new ConvGeometry(_stride, _padding, upsampled), epilogue);
        return y;
    }

    private int Strided(int size) => _stride == 1 ? size : _padding == ConvPadding.Same ? (size + 1) / 2 : size / 2;
}
