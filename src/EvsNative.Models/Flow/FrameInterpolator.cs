using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Flow;

namespace EvsNative.Models;

/// <summary>
/// The frame in the middle between two, by AMT: flows from it to both pictures, found from the coarsest level to the finest and corrected
/// at each by how well the pictures match there. All of it is float32, since places in pictures need it. The network is taken out of the
/// pictures' mean colour, so nothing of a picture can be kept for the next pair.
/// </summary>
public sealed class FrameInterpolator
{
    // Of the frame between the pictures' times.
    private const float Middle = 0.5f;

    private readonly AmtConfig _config;
    private readonly FeatureEncoder _featEncoder;
    private readonly PyramidEncoder _encoder;
    private readonly FlowDecoder[] _decoders;
    private readonly FlowUpdate[] _updates;
    private readonly FrameSynthesis _combBlock;
    private readonly Tensor _time;

    /// <summary>Reads the network in the checkpoint's own names: 213 tensors of AMT-S.</summary>
    public FrameInterpolator(WeightSource w, AmtConfig config)
    {
        _config = config;
        var c = config.Channels;
        _featEncoder = new FeatureEncoder(w / "feat_encoder", config.Matched);
        _encoder = new PyramidEncoder(w / "encoder", c);
        int last = c.Count - 1;
        _decoders = [.. Enumerable.Range(0, c.Count).Select(level => new FlowDecoder(
            w / Level("decoder", level),
            inChannels: level == last ? (2 * c[level]) + 1 : (3 * c[level]) + FlowPair.Channels,
            inner: (level == last ? 2 : 3) * c[level],
            outChannels: level == 0 ? FrameSynthesis.ChannelsOf(config.Flows) : FlowPair.Channels + c[level - 1],
            config.Side))];
        _updates = [.. Enumerable.Range(1, last).Select(level => new FlowUpdate(w / Level("update", level), c[level - 1], config))];
        _combBlock = new FrameSynthesis(w / "comb_block", config.Flows);
        _time = w.Constant(() => [Middle], Shape.Vector(1));
    }

    /// <param name="d">the device</param>
    /// <param name="first">[1,H,W,3] in 0..1, float32, sides multiples of 16 and 128 at least</param>
    /// <param name="second">[1,H,W,3], the same</param>
    /// <param name="into">where to write; rented if absent</param>
    /// <param name="tap">is offered features, what each level makes, the pictures, and the frame before it is clamped</param>
    /// <returns>[1,H,W,3] in 0..1</returns>
    /// <exception cref="InputException">pictures of another size</exception>
    public Tensor Forward(Device d, Tensor first, Tensor second, Tensor? into = null, IFeatureTap? tap = null)
    {
        var s = first.Shape;
        if (Math.Min(s.H, s.W) < AmtConfig.SmallestSide || s.H % AmtConfig.Multiple != 0 || s.W % AmtConfig.Multiple != 0)
        {
            throw new InputException(
                InputCode.OutOfRange,
                $"no frame can be made between frames of {s.W} x {s.H}: width and height must be multiples of {AmtConfig.Multiple}, "
                + $"{AmtConfig.SmallestSide} at least");
        }

        var y = into ?? d.Rent(s);
        using var scope = d.Enter("amt");
        var decoded = d.Rent(s with { C = FrameSynthesis.ChannelsOf(_config.Flows) });
        var flow = d.Rent(new Shape(1, s.H / 2, s.W / 2, FlowPair.Channels));
        Decode(d, first, second, decoded, flow, tap);
        _combBlock.Forward(d, decoded, flow, first, second, y, tap);
        return y;
    }

    /// <summary>From the coarsest level to the finest.</summary>
    /// <param name="d">the device</param>
    /// <param name="first">[1,H,W,3]</param>
    /// <param name="second">[1,H,W,3]</param>
    /// <param name="decoded">[1,H,W,channels]: what the last decoder says</param>
    /// <param name="finest">[1,H/2,W/2,4]: the flows that it began with</param>
    /// <param name="tap">is offered what each part makes</param>
    private void Decode(Device d, Tensor first, Tensor second, Tensor decoded, Tensor finest, IFeatureTap? tap)
    {
        using var scope = d.Enter("amt");
        var s = first.Shape;
        var levels = _encoder.Rent(d, s with { N = 2 });
        var matched = d.Rent(new Shape(2, s.H / FeatureEncoder.Factor, s.W / FeatureEncoder.Factor, _config.Matched));
        Encode(d, first, second, levels, matched, tap);
        var correlation = Correlation.Of(d, matched, _config);

        (Tensor Features, Tensor Flow)? above = null;
        for (int level = levels.Length - 1; level > 0; level--)
        {
            var features = d.Rent(levels[level - 1].Shape with { N = 1 });
            var flow = level == 1 ? finest : d.Rent(features.Shape with { C = FlowPair.Channels });
            DecodeLevel(d, level, levels[level], above, features, flow, tap);
            _updates[level - 1].Forward(d, features, flow, correlation, tap);
            above = (features, flow);
        }

        Tensor ofFirst = levels[0].Images(0, 1), ofSecond = levels[0].Images(1, 1);
        _decoders[0].Forward(d, above!.Value.Features, ofFirst, ofSecond, above.Value.Flow, tap, into: decoded);
    }

    /// <summary>One level, of pictures' features [2,h,w,C]: gives features and flows of twice its size.</summary>
    private void DecodeLevel(
        Device d, int level, Tensor pictures, (Tensor Features, Tensor Flow)? above, Tensor features, Tensor flow, IFeatureTap? tap)
    {
        using var scope = d.Enter("amt");
        Tensor first = pictures.Images(0, 1), second = pictures.Images(1, 1);
        if (above is not { } coarse)
        {
            var time = d.Rent(first.Shape with { C = 1 });
            d.Kernels.Resize(time, _time, Interpolation.Nearest);
            Split(d, _decoders[level].Forward(d, first, second, time, tap), flow, features);
            return;
        }

        Split(d, _decoders[level].Forward(d, coarse.Features, first, second, coarse.Flow, tap), flow, features);
        var enlarged = d.Rent(flow.Shape);
        FlowPair.Scale(d, coarse.Flow, enlarged);
        d.Kernels.Combine(flow, 1, flow, 1, enlarged);
    }

    private static void Split(Device d, Tensor decoded, Tensor flow, Tensor features)
    {
        d.Kernels.CopyChannels(flow, 0, decoded, 0, FlowPair.Channels);
        d.Kernels.CopyChannels(features, 0, decoded, FlowPair.Channels, features.Shape.C);
    }

    /// <summary>The pictures' features, of both at once or, where much room is needed in between, one after the other.</summary>
    private void Encode(Device d, Tensor first, Tensor second, Tensor[] levels, Tensor matched, IFeatureTap? tap)
    {
        using var scope = d.Enter("amt");
        var pictures = d.Rent(first.Shape with { N = 2 });
        d.Kernels.Copy(pictures.Images(0, 1), first);
        d.Kernels.Copy(pictures.Images(1, 1), second);
        Centre(d, pictures);
        _encoder.Forward(d, pictures, levels, tap);
        for (int i = 0; i < 2; i++) _featEncoder.Forward(d, pictures.Images(i, 1), matched.Images(i, 1));
        tap?.Observe("feat_encoder", matched);
    }

    /// <summary>Takes the mean over both pictures and all colours away.</summary>
    private static void Centre(Device d, Tensor pictures)
    {
        using var scope = d.Enter("amt");
        var moments = d.Rent(ChannelMoments.ShapeOf(pictures.Shape) ?? throw new ArgumentException($"{pictures.Shape} has no runs"));
        d.Kernels.ChannelMoments(moments, pictures);

        // Of each run the means of the three colours, then their deviations.
        float[] colours = [.. d.Download(moments).Chunk(3).Where((_, i) => i % 2 == 0).SelectMany(means => means)];
        float mean = (float)colours.Average(colour => (double)colour);
        var everywhere = d.Rent(pictures.Shape);
        d.Kernels.Resize(everywhere, d.Upload([.. Enumerable.Repeat(mean, 2 * 3)], new Shape(2, 1, 1, 3)), Interpolation.Nearest);
        d.Kernels.Combine(pictures, 1, pictures, -1, everywhere);
    }

    /// <summary>Levels are numbered from 1, the finest.</summary>
    private static string Level(string part, int level) => part + (level + 1).ToString(CultureInfo.InvariantCulture);
}
