using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Flow;

/// <summary>Corrects a level's flows and features by how well the pictures match where the flows point to.</summary>
internal sealed class FlowUpdate
{
    private const int FlowKernel = 7;

    private readonly RectifiedConv _convc1, _convf2, _conv;
    private readonly PatchConvolution _convf1;
    private readonly Prelu _leaky;
    private readonly LeakyPair _gru, _featHead, _flowHead;
    private readonly int _seenChannels;
    private readonly string _path;

    /// <summary>Reads the parts in the order of the forward pass.</summary>
    /// <param name="w">the folder</param>
    /// <param name="channels">of the level's features</param>
    /// <param name="config">sizes</param>
    public FlowUpdate(WeightSource w, int channels, AmtConfig config)
    {
        (_path, _seenChannels) = (w.Path, config.SeenChannels);
        int flows = 2 * config.FlowChannels;
        _convc1 = RectifiedConv.Leaky(w / "convc1", 2 * config.Looked, config.CorrelationChannels, kernel: 1);
        _convf1 = new PatchConvolution(
            w / "convf1", FlowPair.Channels, flows, new PatchGeometry(FlowKernel, FlowKernel, Stride: 1, Padding: FlowKernel / 2));
        _leaky = Prelu.Of(w / "convf1", flows, RectifiedConv.LeakySlope);
        _convf2 = RectifiedConv.Leaky(w / "convf2", flows, config.FlowChannels);
        _conv = RectifiedConv.Leaky(w / "conv", config.CorrelationChannels + config.FlowChannels, config.SeenChannels);
        int seen = config.SeenChannels + FlowPair.Channels + channels;
        _gru = new LeakyPair(w / "gru", seen, config.Hidden, config.Hidden, isBefore: false, isBehind: true);
        _featHead = new LeakyPair(w / "feat_head", config.Hidden, config.Hidden, channels, isBefore: true, isBehind: false);
        _flowHead = new LeakyPair(w / "flow_head", config.Hidden, config.Hidden, FlowPair.Channels, isBefore: true, isBehind: false);
    }

    /// <param name="d">the device</param>
    /// <param name="features">[1,H,W,C] of the level, changed</param>
    /// <param name="flow">[1,H,W,4] of the level, changed</param>
    /// <param name="correlation">of the pictures, at the size of an eighth</param>
    /// <param name="tap">is offered the corrected flow, and what was looked up as <c>path.second</c> and <c>path.first</c></param>
    public void Forward(Device d, Tensor features, Tensor flow, Correlation correlation, IFeatureTap? tap)
    {
        using var scope = d.Enter(_path);
        var small = correlation.Looked;
        Tensor smallFlow = d.Rent(small with { C = FlowPair.Channels }), smallFeatures = d.Rent(small with { C = features.Shape.C });
        FlowPair.Scale(d, flow, smallFlow);
        d.Kernels.Resize(smallFeatures, features, Interpolation.Bilinear);
        var hidden = _gru.Forward(d, Seen(d, smallFlow, correlation, tap), Joined(d, smallFlow, smallFeatures));

        var change = d.Rent(features.Shape);
        d.Kernels.Resize(change, _featHead.Forward(d, hidden), Interpolation.Bilinear);
        d.Kernels.Combine(features, 1, features, 1, change);
        var flowChange = d.Rent(flow.Shape);
        FlowPair.Scale(d, _flowHead.Forward(d, hidden), flowChange);
        d.Kernels.Combine(flow, 1, flow, 1, flowChange);
        tap?.Observe(_path, flow);
    }

    /// <summary>What the flows are, and what is where they point to.</summary>
    private Tensor Seen(Device d, Tensor flow, Correlation correlation, IFeatureTap? tap)
    {
        var y = d.Rent(correlation.Looked with { C = _seenChannels });
        using var scope = d.Enter(_path);
        Tensor inSecond = d.Rent(correlation.Looked), inFirst = d.Rent(correlation.Looked);
        correlation.Look(d, flow, inSecond, inFirst);
        tap?.Observe($"{_path}.second", inSecond);
        tap?.Observe($"{_path}.first", inFirst);
        var matches = _convc1.Forward(d, inSecond, inFirst);
        var flows = _convf1.Forward(d, flow);
        flows = _convf2.Forward(d, _leaky.Forward(d, flows, into: flows));
        return _conv.Forward(d, matches, flows, into: y);
    }

    private static Tensor Joined(Device d, Tensor flow, Tensor features)
    {
        int c = features.Shape.C;
        var y = d.Rent(features.Shape with { C = FlowPair.Channels + c });
        d.Kernels.CopyChannels(y, 0, flow, 0, FlowPair.Channels);
        d.Kernels.CopyChannels(y, FlowPair.Channels, features, 0, c);
        return y;
    }
}
