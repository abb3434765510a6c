using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The smallest size of the autoencoder: a resnet, attention of one head over the picture, a resnet.</summary>
internal sealed class VaeMidBlock(string path, ResnetBlock[] resnets, GroupNorm groupNorm, SelfAttention attention)
{
    /// <param name="d">the device</param>
    /// <param name="x">[N,h,w,C]</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[N,h,w,C]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? into = null)
    {
        var y = into ?? d.Rent(x.Shape);
        using var scope = d.Enter(path);

        var h = resnets[0].Forward(d, x);
        attention.Forward(d, groupNorm.Forward(d, h), residual: h, into: h);
        return resnets[1].Forward(d, h, into: y);
    }
}
