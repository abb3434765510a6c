using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Makes the U-Net's layers from two checkpoints, the spatial one and that of the motion modules.</summary>
/// <param name="spatial">the folder of the U-Net's own tensors</param>
/// <param name="motion">the folder of the motion modules</param>
/// <param name="config">sizes</param>
/// <param name="motionConfig">sizes of the motion modules; null if there are none</param>
/// <param name="isStreamed">layers come and go; otherwise they are read at once and stay</param>
internal sealed class UNetParts(
    WeightSource spatial, WeightSource motion, UNetConfig config, MotionConfig? motionConfig, bool isStreamed = false)
{
    private readonly List<Part<UNetLayer>> _layers = [];

    /// <summary>The layers made so far.</summary>
    public IReadOnlyList<Part<UNetLayer>> Layers => _layers;

    /// <summary>A layer, which may lack each kind of attention.</summary>
    public Part<UNetLayer> Layer(
        string block, int index, int inChannels, int outChannels, bool hasAttention, bool hasMotion = true)
    {
        var layer = new Part<UNetLayer>([spatial, motion], Build, isKept: !isStreamed);
        _layers.Add(layer);
        return layer;

        UNetLayer Build(IReadOnlyList<WeightSource> w)
        {
            var parts = new UNetParts(w[0], w[1], config, motionConfig);
            return new UNetLayer(
                parts.Resnet(block, index, inChannels, outChannels),
                hasAttention ? parts.Spatial(block, index, outChannels) : null,
                hasMotion ? parts.Temporal(block, index, outChannels) : null);
        }
    }

    public ResnetBlock Resnet(string block, int index, int inChannels, int outChannels) =>
        new(At(spatial, block, "resnets", index), inChannels, outChannels, config.TembChannels, config.NormNumGroups, config.NormEps);

    public SpatialTransformer Spatial(string block, int index, int channels) =>
        new(At(spatial, block, "attentions", index), channels, config.Heads, config.CrossAttentionDim, config.NormNumGroups);

    public TemporalTransformer? Temporal(string block, int index, int channels) => motionConfig is null ? null
        : new(At(motion, block, "motion_modules", index), channels, motionConfig.Heads, motionConfig.NormNumGroups, motionConfig.MaxFrames);

    public Downsample Downsample(string block, int channels) => new(At(spatial, block, "downsamplers", 0), channels);

    public Upsample Upsample(string block, int channels) => new(At(spatial, block, "upsamplers", 0), channels);

    private static WeightSource At(WeightSource w, string block, string list, int index) =>
        w / block / list / index.ToString(CultureInfo.InvariantCulture);
}
