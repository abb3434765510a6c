using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Makes the U-Net's layers from two checkpoints, the spatial one and that of the motion modules.</summary>
/// <param name="spatial">the folder of the U-Net's own tensors</param>
/// <param name="motion">the folder of the motion modules</param>
/// <param name="config">sizes</param>
/// <param name="motionConfig">sizes of the motion modules; null if there are none</param>
/// <param name="isStreamed">parts come and go; otherwise they are read at once and stay</param>
internal sealed class UNetParts(
    WeightSource spatial, WeightSource motion, UNetConfig config, MotionConfig? motionConfig, bool isStreamed = false)
{
    private readonly List<Part> _all = [], _ofFrames = [];

    /// <summary>True if each part made so far is always there.</summary>
    public bool AreKept => _all.Concat(_ofFrames).All(part => part.IsKept);

    public UNetLayer Layer(string block, int index, int inChannels, int outChannels, bool hasAttention) => new(
        Resnet(block, index, inChannels, outChannels),
        hasAttention ? Spatial(block, index, outChannels) : null,
        Temporal(block, index, outChannels));

    public Part<ResnetBlock> Resnet(string block, int index, int inChannels, int outChannels) => Made(
        _all,
        At(spatial, block, "resnets", index),
        w => new ResnetBlock(w, inChannels, outChannels, config.TembChannels, config.NormNumGroups, config.NormEps));

    public Part<SpatialTransformer> Spatial(string block, int index, int channels) => Made(
        _all,
        At(spatial, block, "attentions", index),
        w => new SpatialTransformer(w, channels, config.Heads, config.CrossAttentionDim, config.NormNumGroups));

    public Part<TemporalTransformer>? Temporal(string block, int index, int channels) => motionConfig is null ? null : Made(
        _ofFrames,
        At(motion, block, "motion_modules", index),
        w => new TemporalTransformer(w, channels, motionConfig.Heads, motionConfig.NormNumGroups, motionConfig.MaxFrames));

    public Part<Downsample> Downsample(string block, int channels) =>
        Made(_all, At(spatial, block, "downsamplers", 0), w => new Downsample(w, channels));

    public Part<Upsample> Upsample(string block, int channels) =>
        Made(_all, At(spatial, block, "upsamplers", 0), w => new Upsample(w, channels));

    /// <summary>
    /// From now on parts stay as long as they fit into these bytes together: those of every pass before those of the video model's alone,
    /// of each kind the largest first, so that no large one is left to come and go.
    /// </summary>
    public void Keep(long bytes)
    {
        foreach (var part in _all.OrderByDescending(part => part.Bytes).Concat(_ofFrames.OrderByDescending(part => part.Bytes)))
        {
            if (part.IsKept || part.Bytes > bytes) continue;
            bytes -= part.Bytes;
            part.Keep();
        }
    }

    private Part<T> Made<T>(List<Part> list, WeightSource folder, Func<WeightSource, T> build) where T : class
    {
        var part = new Part<T>([folder], folders => build(folders[0]), isKept: !isStreamed);
        list.Add(part);
        return part;
    }

    private static WeightSource At(WeightSource w, string block, string list, int index) =>
        w / block / list / index.ToString(CultureInfo.InvariantCulture);
}
