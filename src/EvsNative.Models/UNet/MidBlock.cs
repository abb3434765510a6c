using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The smallest size: a resnet, attention over the picture, attention over time where the adapter has it, a resnet.</summary>
internal sealed class MidBlock(UNetParts parts, string path, int channels, bool hasMotion)
{
    private readonly UNetLayer _layer = new(
        parts.Resnet(path, 0, channels, channels), parts.Spatial(path, 0, channels), hasMotion ? parts.Temporal(path, 0, channels) : null);

    private readonly Part<ResnetBlock> _resnet1 = parts.Resnet(path, 1, channels, channels);

    public Tensor Forward(Device d, Tensor x, in Conditioning c)
    {
        var y = d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(path);
        x = _layer.Forward(d, x, null, c);
        using var resnet1 = _resnet1.Borrow();
        return resnet1.Value.Forward(d, x, null, c.TimeEmbedding, c.Tap, into: y);
    }
}
