using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Makes the U-Net's layers from two checkpoints, the spatial one and that of the motion modules.</summary>
/// <param name="spatial">the folder of the U-Net's own tensors</param>
/// <param name="motion">the folder of the motion modules</param>
/// <param name="config">sizes</param>
/// <param name="motionConfig">sizes of the motion modules; null if there are none</param>
internal sealed class UNetParts(WeightSource spatial, WeightSource motion, UNetConfig config, MotionConfig? motionConfig)
{
    public UNetLayer Layer(string block, int index, int inChannels, int outChannels, bool hasAttention) => new(
        Resnet(block, index, inChannels, outChannels),
        hasAttention ? Spatial(block, index, outChannels) : null,
        Temporal(block, index, outChannels));

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
