using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Layers of one size on the way up, each with a skip, then the next larger size.</summary>
internal sealed class UpBlock
{
    private readonly UNetLayer[] _layers;
    private readonly Upsample? _upsampler;
    private readonly string _path;
    private readonly int _outChannels;

    /// <param name="parts">makes the layers</param>
    /// <param name="path">up_blocks.i</param>
    /// <param name="inChannels">channels of the running tensor</param>
    /// <param name="outChannels">channels of the result</param>
    /// <param name="skipChannels">channels of the skips, in the order in which they are used</param>
    /// <param name="hasAttention">layers look at themselves and at the text</param>
    /// <param name="isLast">full size: no upsampler</param>
    public UpBlock(UNetParts parts, string path, int inChannels, int outChannels, IReadOnlyList<int> skipChannels, bool hasAttention, bool isLast)
    {
        (_path, _outChannels) = (path, outChannels);
        _layers = [.. skipChannels.Select((skip, i) => parts.Layer(path, i, (i == 0 ? inChannels : outChannels) + skip, outChannels, hasAttention))];
        _upsampler = isLast ? null : parts.Upsample(path, outChannels);
    }

    /// <summary>Pops a skip for each layer; the one then on top says how large the result is.</summary>
    public Tensor Forward(Device d, Tensor x, Stack<Tensor> skips, in Conditioning c)
    {
        if (_upsampler is null)
        {
            foreach (var layer in _layers) x = layer.Forward(d, x, skips.Pop(), c);
            return x;
        }

        var larger = skips.ElementAt(_layers.Length).Shape;
        var y = d.Rent(larger with { C = _outChannels });
        using var scope = d.Enter(_path);
        foreach (var layer in _layers) x = layer.Forward(d, x, skips.Pop(), c);
        return _upsampler.Forward(d, x, (larger.H, larger.W), into: y);
    }
}
