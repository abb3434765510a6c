using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The unit the U-Net repeats: a resnet, then attention over the picture, then attention over time.</summary>
internal sealed class UNetLayer(string path, ResnetBlock resnet, SpatialTransformer? spatial, TemporalTransformer? temporal)
{
    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="skip">[N,H,W,C2] on the way up</param>
    /// <param name="c">time, text, frames</param>
    /// <returns>[N,H,W,Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? skip, in Conditioning c)
    {
        var y = d.Rent(x.Shape with { C = resnet.OutChannels });
        using var scope = d.Enter(path);

        bool moves = temporal is not null && c.Frames > 0;
        x = resnet.Forward(d, x, skip, c.Temb, c.Tap, into: spatial is null && !moves ? y : null);
        if (spatial is not null) x = spatial.Forward(d, x, c.Text, c.Tap, into: moves ? null : y);
        if (moves) temporal!.Forward(d, x, c.Frames, c.NormAcrossFrames, into: y);
        return y;
    }
}
