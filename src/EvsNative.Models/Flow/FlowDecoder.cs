using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>
/// A level of the frame that is made: from the level above and the pictures' features at its own size to twice that size. The first
/// channels of its result are flows, the others are features.
/// </summary>
internal sealed class FlowDecoder
{
    private readonly RectifiedConv _conv;
    private readonly SideBlock _block;
    private readonly ConvTranspose2d _up;
    private readonly Tensor? _behind;
    private readonly int _inChannels, _inner, _outChannels;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    public FlowDecoder(WeightSource w, int inChannels, int inner, int outChannels, int side)
    {
        (_path, _inChannels, _inner, _outChannels) = (w.Path, inChannels, ChannelRoom.Of(inner), outChannels);
        int room = ChannelRoom.Of(inChannels) - inChannels;
        _behind = room == 0 ? null : w.Constant(() => new float[room], Shape.Vector(room));
        var block = w / "convblock";
        _conv = RectifiedConv.Roomy(block / "0", inChannels, inner);
        _block = new SideBlock(block / "1", inner, side);
        _up = new ConvTranspose2d(block / "2", inner, outChannels, hasRoom: true);
    }

    /// <summary>The coarsest level, above which there is none.</summary>
    /// <param name="d">the device</param>
    /// <param name="first">[1,H,W,C] of the first picture</param>
    /// <param name="second">[1,H,W,C] of the second picture</param>
    /// <param name="time">[1,H,W,1], where between both the frame is</param>
    /// <param name="tap">is offered the result</param>
    /// <returns>[1,2H,2W,Cout]</returns>
    public Tensor Forward(Device d, Tensor first, Tensor second, Tensor time, IFeatureTap? tap)
    {
        var y = RentResult(d, first);
        using var scope = d.Enter(_path);
        var inner = d.Rent(first.Shape with { C = _inner });
        using (d.Enter(_path))
        {
            int c = first.Shape.C;
            var joined = RentJoined(d, first);
            d.Kernels.CopyChannels(joined, 0, first, 0, c);
            d.Kernels.CopyChannels(joined, c, second, 0, c);
            d.Kernels.CopyChannels(joined, 2 * c, time, 0, 1);
            _conv.Forward(d, joined, into: inner);
        }

        return Rest(d, inner, y, tap);
    }

    /// <summary>The other levels, where the pictures' features are fetched from where the flows point to.</summary>
    /// <param name="d">the device</param>
    /// <param name="features">[1,H,W,C] of the level above</param>
    /// <param name="first">[1,H,W,C] of the first picture</param>
    /// <param name="second">[1,H,W,C] of the second picture</param>
    /// <param name="flow">[1,H,W,4], to the first picture and to the second, (x, y) in pixels of this level</param>
    /// <param name="tap">is offered the result</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <returns>[1,2H,2W,Cout]</returns>
    public Tensor Forward(
        Device d, Tensor features, Tensor first, Tensor second, Tensor flow, IFeatureTap? tap, Tensor? into = null)
    {
        var y = into ?? RentResult(d, features);
        using var scope = d.Enter(_path);
        var inner = d.Rent(features.Shape with { C = _inner });
        using (d.Enter(_path))
        {
            int c = features.Shape.C;
            Tensor joined = RentJoined(d, features), warped = d.Rent(features.Shape);
            d.Kernels.CopyChannels(joined, 0, features, 0, c);
            d.Kernels.Warp(warped, first, flow, FlowPair.First);
            d.Kernels.CopyChannels(joined, c, warped, 0, c);
            d.Kernels.Warp(warped, second, flow, FlowPair.Second);
            d.Kernels.CopyChannels(joined, 2 * c, warped, 0, c);
            d.Kernels.CopyChannels(joined, 3 * c, flow, 0, FlowPair.Channels);
            _conv.Forward(d, joined, into: inner);
        }

        return Rest(d, inner, y, tap);
    }

    private Tensor RentResult(Device d, Tensor x) => d.Rent(new Shape(1, 2 * x.Shape.H, 2 * x.Shape.W, _outChannels));

    /// <summary>What the first convolution sees: whoever rents it writes its channels, behind them are zeros.</summary>
    private Tensor RentJoined(Device d, Tensor x)
    {
        var joined = d.Rent(x.Shape with { C = ChannelRoom.Of(_inChannels) });
        if (_behind is not { } zeros) return joined;
        using var scope = d.Enter(_path);
        var everywhere = d.Rent(x.Shape with { C = zeros.Shape.C });
        d.Kernels.Resize(everywhere, zeros, Interpolation.Nearest);
        d.Kernels.CopyChannels(joined, _inChannels, everywhere, 0, zeros.Shape.C);
        return joined;
    }

    private Tensor Rest(Device d, Tensor inner, Tensor y, IFeatureTap? tap)
    {
        _block.Forward(d, inner);
        _up.Forward(d, inner, into: y);
        tap?.Observe(_path, y);
        return y;
    }
}
