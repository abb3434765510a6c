using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The sizes of an autoencoder of the Stable Diffusion 1 family.</summary>
/// <param name="BlockOutChannels">channels of each level, from full size down</param>
/// <param name="LayersPerBlock">resnets of an encoder level; a decoder level has one more</param>
/// <param name="LatentChannels">channels of the latents</param>
/// <param name="NormNumGroups">groups of every GroupNorm</param>
/// <param name="ScalingFactor">what brings the latents to about unit variance</param>
public sealed record VaeConfig(
    IReadOnlyList<int> BlockOutChannels,
    int LayersPerBlock = 2,
    int LatentChannels = 4,
    int NormNumGroups = 32,
    float ScalingFactor = 0.18215f)
{
    private const string NotComputed = "only the autoencoder of Stable Diffusion 1.x can be used";

    /// <summary>The autoencoder of Stable Diffusion 1.5 and sd-vae-ft-mse.</summary>
    public static VaeConfig Sd15 { get; } = new([128, 256, 512, 512]);

    /// <summary>Pixels of the picture along one side of a latent pixel.</summary>
    public int Factor => 1 << (BlockOutChannels.Count - 1);

    /// <summary>Reads a diffusers <c>vae/config.json</c>.</summary>
    /// <exception cref="InputException">another kind of autoencoder</exception>
    public static VaeConfig Parse(JsonElement json) => Parse(new ConfigFields(json, "VAE"));

    /// <inheritdoc cref="Parse(JsonElement)"/>
    internal static VaeConfig Parse(ConfigFields fields)
    {
        fields.Only("in_channels", NotComputed, "3");
        fields.Only("out_channels", NotComputed, "3");
        fields.Only("latent_channels", NotComputed, "4");
        fields.Only("act_fn", NotComputed, "\"silu\"", "\"swish\"");
        fields.Only("use_quant_conv", NotComputed, "true");
        fields.Only("use_post_quant_conv", NotComputed, "true");
        fields.Only("mid_block_add_attention", NotComputed, "true");
        fields.Absent("shift_factor", NotComputed);
        fields.Absent("latents_mean", NotComputed);
        fields.Absent("latents_std", NotComputed);

        var channels = fields.Ints("block_out_channels", Sd15.BlockOutChannels, InputLimits.Levels, InputLimits.Channels);
        EnsureTypes(fields, "down_block_types", "DownEncoderBlock2D", channels.Count);
        EnsureTypes(fields, "up_block_types", "UpDecoderBlock2D", channels.Count);
        int groups = fields.Int("norm_num_groups", 32, InputLimits.Channels);
        foreach (int c in channels)
        {
            if (c % groups != 0) throw fields.Refuse("norm_num_groups", $"{groups}", $"it does not divide {c} channels");
        }

        return new VaeConfig(
            channels,
            fields.Int("layers_per_block", 1, InputLimits.Layers),
            fields.Int("latent_channels", 4, InputLimits.Channels),
            groups,
            fields.Float("scaling_factor", Sd15.ScalingFactor, InputLimits.LeastScale, InputLimits.MostScale));
    }

    private static void EnsureTypes(ConfigFields fields, string key, string type, int blocks)
    {
        var types = fields.Texts(key, [.. Enumerable.Repeat(type, blocks)], InputLimits.Levels);
        if (types.Count != blocks) throw fields.Refuse(key, $"a list of {types.Count}", $"block_out_channels has {blocks} levels");
        if (types.FirstOrDefault(t => t != type) is { } other) throw fields.Refuse(key, InputText.Quote(other), $"only {type} is known");
    }
}
