using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The unit the U-Net repeats: a resnet, then attention over the picture, then attention over time, the latter two in place.
/// </summary>
internal sealed class UNetLayer(Part<ResnetBlock> resnet, Part<SpatialTransformer>? spatial, Part<TemporalTransformer>? temporal)
{
    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="skip">[N,H,W,C2] on the way up</param>
    /// <param name="c">time, text, frames</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,H,W,Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? skip, in Conditioning c, Tensor? into = null)
    {
        Tensor y;
        using (var part = resnet.Borrow()) y = part.Value.Forward(d, x, skip, c.TimeEmbedding, c.Tap, into);
        if (spatial is not null)
        {
            using var part = spatial.Borrow();
            part.Value.Forward(d, y, c.Text, c.Tap, into: y);
        }

        if (c.Frames > 0 && temporal is not null)
        {
            using var part = temporal.Borrow();
            part.Value.Forward(d, y, c.Frames, c.NormAcrossFrames, into: y);
        }

        return y;
    }
}
