using System.Globalization;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>What encoder and decoder are made of: the U-Net's resnets without a time embedding.</summary>
/// <param name="w">the folder of the encoder or of the decoder</param>
/// <param name="config">sizes</param>
internal sealed class VaeParts(WeightSource w, VaeConfig config)
{
    /// <summary>Epsilon of every norm in the autoencoder.</summary>
    public const float Eps = 1e-6f;

    public VaeBlock DownBlock(int index, int inChannels, int outChannels, bool isLast)
    {
        var block = w / $"down_blocks.{index}";
        var resnets = Resnets(block, config.LayersPerBlock, inChannels, outChannels);
        var downsampler = isLast ? null : new Downsample(block / "downsamplers.0", outChannels, ConvPadding.After);
        return new VaeBlock(block.Path, resnets, downsampler);
    }

    public VaeBlock UpBlock(int index, int inChannels, int outChannels, bool isLast)
    {
        var block = w / $"up_blocks.{index}";
        var resnets = Resnets(block, config.LayersPerBlock + 1, inChannels, outChannels);
        return new VaeBlock(block.Path, resnets, upsampler: isLast ? null : new Upsample(block / "upsamplers.0", outChannels));
    }

    public VaeMidBlock MidBlock(int channels)
    {
        var block = w / "mid_block";
        var attention = block / "attentions.0";
        return new VaeMidBlock(
            block.Path,
            Resnets(block, 2, channels, channels),
            new GroupNorm(attention / "group_norm", channels, config.NormNumGroups, Eps),
            new SelfAttention(attention, channels, heads: 1, ProjectionNames.Vae));
    }

    private ResnetBlock[] Resnets(WeightSource block, int count, int inChannels, int outChannels)
    {
        ResnetBlock Resnet(int i) =>
            new(At(block, i), i == 0 ? inChannels : outChannels, outChannels, tembChannels: 0, config.NormNumGroups, Eps);
        return [.. Enumerable.Range(0, count).Select(Resnet)];
    }

    private static WeightSource At(WeightSource block, int index) => block / "resnets" / index.ToString(CultureInfo.InvariantCulture);
}
