using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Layers of one size on the way up, each with a skip, then the next larger size.</summary>
internal sealed class UpBlock
{
    private readonly UNetLayer[] _layers;
    private readonly Part<Upsample>? _upsampler;
    private readonly string _path;
    private readonly int _outChannels;

    /// <param name="parts">makes the layers</param>
    /// <param name="path">up_blocks.i</param>
    /// <param name="inChannels">channels of the running tensor</param>
    /// <param name="outChannels">channels of the result</param>
    /// <param name="skipChannels">channels of the skips, in the order in which they are used</param>
    /// <param name="hasAttention">layers look at themselves and at the text</param>
    /// <param name="isLast">full size: no upsampler</param>
    public UpBlock(
        UNetParts parts, string path, int inChannels, int outChannels, IReadOnlyList<int> skipChannels, bool hasAttention, bool isLast)
    {
        (_path, _outChannels) = (path, outChannels);
        UNetLayer Layer(int skip, int i) => parts.Layer(path, i, (i == 0 ? inChannels : outChannels) + skip, outChannels, hasAttention);
        _layers = [.. skipChannels.Select(Layer)];
        _upsampler = isLast ? null : parts.Upsample(path, outChannels);
    }

    /// <summary>Pops a skip for each layer; the one then on top says how large the result is.</summary>
    public Tensor Forward(Device d, Tensor x, Stack<Tensor> skips, in Conditioning c)
    {
        var same = x.Shape with { C = _outChannels };
        var larger = _upsampler is null ? same : skips.ElementAt(_layers.Length).Shape;
        var y = d.Rent(larger with { C = _outChannels }, x.Type);
        using var scope = d.Enter(_path);

        // Two buffers in turn: nothing on the way up is needed twice.
        Tensor[] buffers = [d.Rent(same, x.Type), _upsampler is null ? y : d.Rent(same, x.Type)];
        int parity = _layers.Length % 2;
        for (int i = 0; i < _layers.Length; i++) x = _layers[i].Forward(d, x, skips.Pop(), c, into: buffers[(i + parity) % 2]);
        if (_upsampler is null) return x;
        using var upsampler = _upsampler.Borrow();
        return upsampler.Value.Forward(d, x, (larger.H, larger.W), into: y);
    }
}
