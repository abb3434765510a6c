using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Layers of one size on the way down, then half the size. Everything it makes stays as a skip.</summary>
internal sealed class DownBlock
{
    private readonly UNetLayer[] _layers;
    private readonly Part<Downsample>? _downsampler;

    public DownBlock(UNetParts parts, string path, int layers, int inChannels, int outChannels, bool hasAttention, bool isLast)
    {
        UNetLayer Layer(int i) => parts.Layer(path, i, i == 0 ? inChannels : outChannels, outChannels, hasAttention);
        _layers = [.. Enumerable.Range(0, layers).Select(Layer)];
        _downsampler = isLast ? null : parts.Downsample(path, outChannels);
    }

    /// <summary>Pushes the result of each layer and of the downsampler.</summary>
    public Tensor Forward(Device d, Tensor x, Stack<Tensor> skips, in Conditioning c)
    {
        foreach (var layer in _layers) skips.Push(x = layer.Forward(d, x, null, c));
        if (_downsampler is null) return x;
        using var downsampler = _downsampler.Borrow();
        skips.Push(x = downsampler.Value.Forward(d, x));
        return x;
    }
}
