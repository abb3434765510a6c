using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>A convolution and a rectifier, in place.</summary>
internal sealed class RectifiedConv
{
    /// <summary>The slope of the leaky rectifier.</summary>
    public const float LeakySlope = 0.1f;

    private readonly Conv2d _conv;
    private readonly Prelu _rectifier;

    private RectifiedConv(Conv2d conv, Prelu rectifier) => (_conv, _rectifier) = (conv, rectifier);

    /// <summary>With slopes of its own: reads the convolution <c>0</c> and the slopes <c>1</c>.</summary>
    public static RectifiedConv Learned(WeightSource w, int inChannels, int outChannels, int stride = 1) =>
        new(new Conv2d(w / "0", inChannels, outChannels, stride: stride), new Prelu(w / "1", outChannels));

    /// <summary>The same with <see cref="ChannelRoom"/> before and behind it.</summary>
    public static RectifiedConv Roomy(WeightSource w, int inChannels, int outChannels) =>
        new(Conv2d.Roomy(w / "0", inChannels, outChannels), Prelu.Roomy(w / "1", outChannels));

    /// <summary>With the slope of 0.1 for all channels: reads the convolution in this folder.</summary>
    public static RectifiedConv Leaky(WeightSource w, int inChannels, int outChannels, int kernel = 3) =>
        new(new Conv2d(w, inChannels, outChannels, kernel), Prelu.Of(w, outChannels, LeakySlope));

    /// <summary>The same, a 3x3 convolution, with <see cref="ChannelRoom"/> behind it and, unless told otherwise, before it.</summary>
    public static RectifiedConv LeakyRoomy(WeightSource w, int inChannels, int outChannels, bool isBefore = true) =>
        new(Conv2d.Roomy(w, inChannels, outChannels, isBefore), Prelu.Of(w, ChannelRoom.Of(outChannels), LeakySlope));

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="x2">[N,H,W,C2], its channels follow those of x</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,H',W',Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? x2 = null, Tensor? into = null)
    {
        var y = _conv.Forward(d, x, x2, into: into);
        return _rectifier.Forward(d, y, into: y);
    }
}
