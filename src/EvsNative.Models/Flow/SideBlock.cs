using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>Five convolutions around a shortcut, of which the second and the fourth see and change the last channels alone.</summary>
internal sealed class SideBlock
{
    private readonly RectifiedConv _conv1, _conv2, _conv3, _conv4;
    private readonly Conv2d _conv5;
    private readonly Prelu _prelu;
    private readonly int _rest, _side;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    /// <param name="w">the folder</param>
    /// <param name="channels">of input and result, which have <see cref="ChannelRoom"/> behind them</param>
    /// <param name="side">of them, the last, are seen by the side convolutions</param>
    public SideBlock(WeightSource w, int channels, int side)
    {
        (_path, _rest, _side) = (w.Path, channels - side, side);
        _conv1 = RectifiedConv.Roomy(w / "conv1", channels, channels);
        _conv2 = RectifiedConv.Learned(w / "conv2", side, side);
        _conv3 = RectifiedConv.Roomy(w / "conv3", channels, channels);
        _conv4 = RectifiedConv.Learned(w / "conv4", side, side);
        _conv5 = Conv2d.Roomy(w / "conv5", channels, channels);
        _prelu = Prelu.Roomy(w / "prelu", channels);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C with room], overwritten by the result</param>
    public void Forward(Device d, Tensor x)
    {
        using var scope = d.Enter(_path);
        var first = _conv1.Forward(d, x);
        Side(d, _conv2, first);
        var second = _conv3.Forward(d, first);
        Side(d, _conv4, second);
        _conv5.Forward(d, second, into: first);
        _prelu.Forward(d, x, residual: first, into: x);
    }

    private void Side(Device d, RectifiedConv conv, Tensor x)
    {
        using var scope = d.Enter(_path);
        var side = d.Rent(x.Shape with { C = _side }, x.Type);
        d.Kernels.CopyChannels(side, 0, x, _rest, _side);
        d.Kernels.CopyChannels(x, _rest, conv.Forward(d, side), 0, _side);
    }
}
