using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>Two convolutions with a leaky rectifier between them, where there is <see cref="ChannelRoom"/>.</summary>
internal sealed class LeakyPair
{
    private readonly RectifiedConv _first;
    private readonly Conv2d _second;
    private readonly int _outChannels;
    private readonly string _path;

    /// <summary>Reads the convolutions <c>0</c> and <c>2</c>.</summary>
    /// <param name="w">the folder</param>
    /// <param name="inChannels">of the input, or of both</param>
    /// <param name="inner">between the convolutions, with room</param>
    /// <param name="outChannels">of the result</param>
    /// <param name="isBefore">the input has room</param>
    /// <param name="isBehind">the result has room</param>
    public LeakyPair(WeightSource w, int inChannels, int inner, int outChannels, bool isBefore, bool isBehind)
    {
        (_path, _outChannels) = (w.Path, isBehind ? ChannelRoom.Of(outChannels) : outChannels);
        _first = RectifiedConv.LeakyRoomy(w / "0", inChannels, inner, isBefore);
        _second = Conv2d.Roomy(w / "2", inner, outChannels, isBehind: isBehind);
    }

    /// <param name="d">the device</param>
    /// <param name="x">[N,H,W,C]</param>
    /// <param name="x2">[N,H,W,C2], its channels follow those of x</param>
    /// <returns>[N,H,W,Cout]</returns>
    public Tensor Forward(Device d, Tensor x, Tensor? x2 = null)
    {
        var y = d.Rent(x.Shape with { C = _outChannels }, x.Type);
        using var scope = d.Enter(_path);
        return _second.Forward(d, _first.Forward(d, x, x2), into: y);
    }
}
