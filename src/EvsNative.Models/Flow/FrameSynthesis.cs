using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>
/// The frame from what the last decoder says of each pixel: several flows to both pictures, how to mix what is there, and what to add. Each
/// pair of flows makes a picture; the frame is their mean and what two convolutions see in all of them.
/// </summary>
internal sealed class FrameSynthesis
{
    private readonly RectifiedConv _first;
    private readonly Conv2d _second;
    private readonly Tensor _white;
    private readonly int _flows;
    private readonly string _path;

    /// <summary>Reads <c>0</c>, <c>1</c> and <c>2</c>.</summary>
    public FrameSynthesis(WeightSource w, int flows)
    {
        (_path, _flows) = (w.Path, flows);
        _first = RectifiedConv.Learned(w, 3 * flows, 6 * flows);
        _second = new Conv2d(w / "2", 6 * flows, 3);
        _white = w.Constant(() => [1, 1, 1], Shape.Vector(3));
    }

    /// <summary>Channels of what the last decoder says: flows to the first picture, to the second, a mask and a colour for each.</summary>
    public static int ChannelsOf(int flows) => ((2 * FlowPair.One) + 1 + 3) * flows;

    /// <param name="d">the device</param>
    /// <param name="decoded">[1,H,W,channels]</param>
    /// <param name="flow">[1,H/2,W/2,4] that the decoder began with: its own flows are added to these</param>
    /// <param name="first">[1,H,W,3]</param>
    /// <param name="second">[1,H,W,3]</param>
    /// <param name="into">[1,H,W,3], 0..1</param>
    /// <param name="tap">is offered the frame before it is clamped, and the pictures as <c>path.pictures</c></param>
    public void Forward(Device d, Tensor decoded, Tensor flow, Tensor first, Tensor second, Tensor into, IFeatureTap? tap)
    {
        using var scope = d.Enter(_path);
        var pictures = d.Rent(into.Shape with { C = 3 * _flows });
        Pictures(d, decoded, flow, first, second, pictures, mean: into);
        tap?.Observe($"{_path}.pictures", pictures);
        _second.Forward(d, _first.Forward(d, pictures), residual: into, into: into);
        tap?.Observe(_path, into);
        Clamp(d, into);
    }

    private void Pictures(Device d, Tensor decoded, Tensor flow, Tensor first, Tensor second, Tensor pictures, Tensor mean)
    {
        using var scope = d.Enter(_path);
        var flows = Flows(d, decoded, flow);
        var masks = d.Rent(decoded.Shape with { C = _flows });
        int maskAt = flows.Shape.C, colourAt = maskAt + _flows;
        d.Kernels.CopyChannels(masks, 0, decoded, maskAt, _flows);
        d.Kernels.Activate(masks, masks, Activation.Sigmoid);
        Tensor picture = d.Rent(mean.Shape), other = d.Rent(mean.Shape);
        for (int k = 0; k < _flows; k++)
        {
            d.Kernels.Warp(picture, first, flows, FlowPair.One * k);
            d.Kernels.Warp(other, second, flows, FlowPair.One * (_flows + k));
            d.Kernels.Blend(picture, picture, other, masks, k);
            d.Kernels.CopyChannels(other, 0, decoded, colourAt + (3 * k), 3);
            d.Kernels.Combine(picture, 1, picture, 1, other);
            d.Kernels.CopyChannels(pictures, 3 * k, picture, 0, 3);
            if (k == 0) d.Kernels.Copy(mean, picture);
            else d.Kernels.Combine(mean, 1, mean, 1, picture);
        }

        d.Kernels.Combine(mean, 1f / _flows, mean);
    }

    /// <summary>[1,H,W,4 flows]: all flows to the first picture, then all to the second.</summary>
    private Tensor Flows(Device d, Tensor decoded, Tensor flow)
    {
        var y = d.Rent(decoded.Shape with { C = FlowPair.Channels * _flows });
        using var scope = d.Enter(_path);
        Tensor coarse = d.Rent(flow.Shape with { C = y.Shape.C }), added = d.Rent(y.Shape);
        for (int k = 0; k < _flows; k++)
        {
            d.Kernels.CopyChannels(coarse, FlowPair.One * k, flow, FlowPair.First, FlowPair.One);
            d.Kernels.CopyChannels(coarse, FlowPair.One * (_flows + k), flow, FlowPair.Second, FlowPair.One);
        }

        FlowPair.Scale(d, coarse, added);
        d.Kernels.CopyChannels(y, 0, decoded, 0, y.Shape.C);
        d.Kernels.Combine(y, 1, y, 1, added);
        return y;
    }

    /// <summary>To 0..1: what is above 0 less what is above 1. Both differences are exact, so numbers within stay as they are.</summary>
    private void Clamp(Device d, Tensor x)
    {
        using var scope = d.Enter(_path);
        var above = d.Rent(x.Shape);
        d.Kernels.Resize(above, _white, Interpolation.Nearest);
        d.Kernels.Combine(above, 1, x, -1, above);
        d.Kernels.Activate(above, above, Activation.Relu);
        d.Kernels.Activate(x, x, Activation.Relu);
        d.Kernels.Combine(x, 1, x, -1, above);
    }
}
