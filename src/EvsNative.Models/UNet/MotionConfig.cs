using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The sizes of a motion adapter (AnimateDiff): one motion module behind every layer of the U-Net.</summary>
/// <param name="BlockOutChannels">channels of each level, those of the U-Net</param>
/// <param name="LayersPerBlock">motion modules in a down block; an up block has one more</param>
/// <param name="Heads">heads of the attention over time, at every level</param>
/// <param name="NormNumGroups">groups of each module's GroupNorm</param>
/// <param name="MaxFrames">frames that the modules were trained for at most</param>
/// <param name="HasMidBlock">true if the middle block has a module too: AnimateDiff v2, Lightning, AnimateLCM</param>
public sealed record MotionConfig(
    IReadOnlyList<int> BlockOutChannels,
    int LayersPerBlock = 2,
    int Heads = 8,
    int NormNumGroups = 32,
    int MaxFrames = 32,
    bool HasMidBlock = true)
{
    private const string NotComputed = "this kind of motion adapter is not supported";

    /// <summary>AnimateDiff v2, AnimateDiff-Lightning and AnimateLCM; v3 is the same without the middle block.</summary>
    public static MotionConfig AnimateDiffV2 { get; } = new(UNetConfig.Sd15.BlockOutChannels);

    /// <summary>Reads a diffusers MotionAdapter <c>config.json</c>.</summary>
    /// <exception cref="InputException">a value that the engine cannot compute</exception>
    public static MotionConfig Parse(JsonElement json) => Parse(new ConfigFields(json, "motion adapter"));

    /// <summary>The heads of the attention over time, by the configuration of an adapter or of a whole video U-Net.</summary>
    /// <exception cref="InputException">a value that the engine cannot compute</exception>
    internal static int HeadsOf(JsonElement json) => HeadsOf(new ConfigFields(json, "video U-Net"));

    /// <inheritdoc cref="Parse(JsonElement)"/>
    internal static MotionConfig Parse(ConfigFields fields)
    {
        fields.Absent("conv_in_channels", NotComputed);
        fields.Only("motion_transformer_layers_per_block", NotComputed, "1");
        fields.Only("motion_transformer_layers_per_mid_block", NotComputed, "1");

        var channels = fields.Ints("block_out_channels", AnimateDiffV2.BlockOutChannels, InputLimits.Levels, InputLimits.Channels);
        int heads = HeadsOf(fields);
        int groups = fields.Int("motion_norm_num_groups", 32, InputLimits.Channels);
        foreach (int c in channels)
        {
            if (c % heads != 0) throw fields.Refuse("motion_num_attention_heads", $"{heads}", $"it does not divide {c} channels");
            if (c % groups != 0) throw fields.Refuse("motion_norm_num_groups", $"{groups}", $"it does not divide {c} channels");
        }

        return new MotionConfig(
            channels,
            fields.SameInt("motion_layers_per_block", 2, InputLimits.Layers),
            heads,
            groups,
            fields.Int("motion_max_seq_length", 32, InputLimits.Positions),
            fields.Bool("use_motion_mid_block", true));
    }

    private static int HeadsOf(ConfigFields fields) => fields.SameInt("motion_num_attention_heads", 8, InputLimits.Heads);

    /// <summary>Throws if the adapter was made for a U-Net of another size.</summary>
    /// <exception cref="InputException">names both sizes</exception>
    public void EnsureFits(UNetConfig unet)
    {
        if (BlockOutChannels.SequenceEqual(unet.BlockOutChannels) && LayersPerBlock == unet.LayersPerBlock) return;
        throw new InputException(
            InputCode.Mismatch,
            $"the motion adapter [{string.Join(", ", BlockOutChannels)}] x {LayersPerBlock} does not fit the U-Net "
            + $"[{string.Join(", ", unet.BlockOutChannels)}] x {unet.LayersPerBlock}: both must be of one family");
    }
}
