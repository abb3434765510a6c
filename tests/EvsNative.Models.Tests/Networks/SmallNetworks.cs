using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Networks;

/// <summary>Networks of the goldens' small sizes (tests/reference/golden.py), with weights by formula.</summary>
internal static class SmallNetworks
{
    public static UNetConfig UNetSizes { get; } = UNetConfig.Sd15 with { BlockOutChannels = [32, 64, 128, 128], CrossAttentionDim = 32 };

    public static MotionConfig MotionSizes { get; } = MotionConfig.AnimateDiffV2 with { BlockOutChannels = [32, 64, 128, 128] };

    public static VaeConfig VaeSizes { get; } = VaeConfig.Sd15 with { BlockOutChannels = [32, 64, 128, 128] };

    public static ClipConfig ClipSizes { get; } = new(HiddenSize: 32, Layers: 3, Heads: 4, IntermediateSize: 64, VocabularySize: 1000);

    public static WeightSource Weights(Device d) => new WeightStore(d, new FormulaWeights()).Root;

    /// <summary>The U-Net's weights as a run has them: in 16 bits if its activations are.</summary>
    public static WeightSource UNetWeights(Device d, IWeightFile? file = null) =>
        new WeightStore(d, file ?? new FormulaWeights()) { IsHalved = d.Precision == ElementType.Float16 }.Root;

    public static UNet UNet(Device d, IWeightFile? file = null) =>
        new(UNetWeights(d, file), UNetSizes, MotionSizes);
}
