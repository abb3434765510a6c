using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A depthwise convolution of 7 x 7 pixels and one or three frames, a norm and two linear layers, beside a residual. The block's factors
/// <c>gamma</c> are folded into the last layer.
/// </summary>
internal sealed class ConvNeXtBlock3d
{
    private const int Kernel = 7;
    private readonly Tensor _dwconv, _dwconvBias;
    private readonly LayerNorm _norm;
    private readonly Mlp _pwconv;
    private readonly string _path;

    /// <param name="w">the folder</param>
    /// <param name="channels">of the clip</param>
    /// <param name="frames">frames that the convolution sees: 1 or 3</param>
    /// <param name="eps">epsilon of the norm</param>
    public ConvNeXtBlock3d(WeightSource w, int channels, int frames, float eps)
    {
        _path = w.Path;
        var filter = new Shape(frames, Kernel, Kernel, channels);
        _dwconv = w.MadeNumbers(
            filter, stored => ChannelsLast(stored[0], channels), ("dwconv.weight", [channels, 1, frames, Kernel, Kernel]));
        _dwconvBias = w.Vector("dwconv.bias", channels);
        _norm = new LayerNorm(w / "norm", channels, eps);
        _pwconv = new Mlp(w, "pwconv1", "pwconv2", channels, 4 * channels, Activation.Gelu, scale: "gamma");
    }

    /// <summary>h [D,H,W,C], a clip, is updated in place.</summary>
    public void Update(Device d, Tensor h)
    {
        using var scope = d.Enter(_path);

        var y = d.Rent(h.Shape);
        d.Kernels.Depthwise(y, h, _dwconv, _dwconvBias, h.Shape.N);
        _pwconv.Forward(d, _norm.Forward(d, y, into: y), residual: h, into: h);
    }

    /// <summary>Taps of a channel side by side become channels of a tap side by side.</summary>
    private static float[] ChannelsLast(float[] stored, int channels)
    {
        int taps = stored.Length / channels;
        float[] values = new float[stored.Length];
        for (int i = 0; i < values.Length; i++) values[i] = stored[(i % channels * taps) + (i / channels)];
        return values;
    }
}
