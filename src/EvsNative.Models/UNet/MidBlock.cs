using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The smallest size: a resnet, attention over the picture, attention over time where the adapter has it, a resnet.</summary>
internal sealed class MidBlock(UNetParts parts, string path, int channels, bool hasMotion)
{
    private readonly Part<UNetLayer> _layer = parts.Layer(path, 0, channels, channels, hasAttention: true, hasMotion);

    private readonly Part<UNetLayer> _resnet1 = parts.Layer(path, 1, channels, channels, hasAttention: false, hasMotion: false);

    public Tensor Forward(Device d, Tensor x, in Conditioning c)
    {
        var y = d.Rent(x.Shape, x.Type);
        using var scope = d.Enter(path);
        using (var layer = _layer.Borrow()) x = layer.Value.Forward(d, x, null, c);
        using var resnet = _resnet1.Borrow();
        return resnet.Value.Forward(d, x, null, c, into: y);
    }
}
