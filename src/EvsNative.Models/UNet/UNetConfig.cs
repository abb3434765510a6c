using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The sizes of a U-Net of the Stable Diffusion 1 family.</summary>
/// <param name="BlockOutChannels">channels of each level, from full size down</param>
/// <param name="DownHasAttention">which down blocks look at themselves and at the text</param>
/// <param name="UpHasAttention">the same for the up blocks, from the smallest size up</param>
/// <param name="LayersPerBlock">resnets in a down block; an up block has one more</param>
/// <param name="CrossAttentionDim">channels of the text</param>
/// <param name="Heads">attention heads at every level; config.json calls this attention_head_dim</param>
/// <param name="NormNumGroups">groups of every GroupNorm</param>
/// <param name="NormEps">epsilon of the resnets' norms and of the last one; those of the transformers are fixed</param>
/// <param name="InChannels">channels of the latents</param>
/// <param name="OutChannels">channels of the prediction</param>
public sealed record UNetConfig(
    IReadOnlyList<int> BlockOutChannels,
    IReadOnlyList<bool> DownHasAttention,
    IReadOnlyList<bool> UpHasAttention,
    int LayersPerBlock = 2,
    int CrossAttentionDim = 768,
    int Heads = 8,
    int NormNumGroups = 32,
    float NormEps = 1e-5f,
    int InChannels = 4,
    int OutChannels = 4)
{
    private const string OnlySd1 = "only Stable Diffusion 1.x models and their fine-tunes can be used";
    private const string Distilled = "that is an LCM-distilled model, whose guidance is an input that is not computed; "
        + "take the plain model that it was made from, with AnimateLCM or an LCM LoRA";
    private const string NotComputed = "this variant of the network is not supported";

    /// <summary>Stable Diffusion 1.5 and its fine-tunes.</summary>
    public static UNetConfig Sd15 { get; } = new([320, 640, 1280, 1280], [true, true, true, false], [false, true, true, true]);

    /// <summary>Blocks on the way down, and as many on the way up.</summary>
    public int Levels => BlockOutChannels.Count;

    /// <summary>Length of the time embedding.</summary>
    public int TembChannels => 4 * BlockOutChannels[0];

    /// <summary>Reads a diffusers <c>unet/config.json</c>.</summary>
    /// <exception cref="InputException">another family of models, or a value that the engine cannot compute</exception>
    public static UNetConfig Parse(JsonElement json) => Parse(new ConfigFields(json, "U-Net"));

    /// <inheritdoc cref="Parse(JsonElement)"/>
    internal static UNetConfig Parse(ConfigFields fields)
    {
        RefuseOtherFamilies(fields);
        RefuseOtherVariants(fields);

        var channels = fields.Ints("block_out_channels", Sd15.BlockOutChannels, InputLimits.Levels, InputLimits.Channels);
        int heads = fields.SameInt("num_attention_heads", fields.SameInt("attention_head_dim", 8, InputLimits.Heads), InputLimits.Heads);
        int groups = fields.Int("norm_num_groups", 32, InputLimits.Channels);
        foreach (int c in channels)
        {
            if (c % heads != 0) throw fields.Refuse("attention_head_dim", $"{heads} (heads)", $"it does not divide {c} channels");
            if (c % groups != 0) throw fields.Refuse("norm_num_groups", $"{groups}", $"it does not divide {c} channels");
        }

        return new UNetConfig(
            channels,
            HasAttention(fields, "down_block_types", channels.Count, "DownBlock2D", "CrossAttnDownBlock2D", Sd15.DownHasAttention),
            HasAttention(fields, "up_block_types", channels.Count, "UpBlock2D", "CrossAttnUpBlock2D", Sd15.UpHasAttention),
            fields.Int("layers_per_block", 2, InputLimits.Layers),
            fields.Int("cross_attention_dim", Sd15.CrossAttentionDim, InputLimits.Channels),
            heads,
            groups,
            fields.Float("norm_eps", 1e-5f, InputLimits.LeastEpsilon, InputLimits.MostEpsilon),
            fields.Int("in_channels", 4, InputLimits.Channels),
            fields.Int("out_channels", 4, InputLimits.Channels));
    }

    private static void RefuseOtherFamilies(ConfigFields fields)
    {
        const string Sdxl = $"that is an SDXL model; {OnlySd1}";
        fields.Absent("addition_embed_type", Sdxl);
        fields.Absent("addition_time_embed_dim", Sdxl);
        fields.Absent("projection_class_embeddings_input_dim", Sdxl);
        fields.Only("use_linear_projection", $"that is a Stable Diffusion 2 or SDXL model; {OnlySd1}", "false");

        int inputs = fields.Int("in_channels", 4, InputLimits.Channels);
        if (inputs == 9) throw fields.Refuse("in_channels", "9", "that is an inpainting model; use the plain model it was made from");
        if (inputs == 8)
            throw fields.Refuse("in_channels", "8", "that is an InstructPix2Pix model; use a plain Stable Diffusion 1.x model");
        if (inputs != 4) throw fields.Refuse("in_channels", $"{inputs}", OnlySd1);
        fields.Only("out_channels", OnlySd1, "4");
    }

    private static void RefuseOtherVariants(ConfigFields fields)
    {
        fields.Absent("class_embed_type", NotComputed);
        fields.Absent("num_class_embeds", NotComputed);
        fields.Absent("encoder_hid_dim", NotComputed);
        fields.Absent("encoder_hid_dim_type", NotComputed);
        fields.Absent("time_cond_proj_dim", Distilled);
        fields.Only("act_fn", NotComputed, "\"silu\"", "\"swish\"");
        fields.Only("attention_type", NotComputed, "\"default\"");
        fields.Only("center_input_sample", NotComputed, "false");
        fields.Only("class_embeddings_concat", NotComputed, "false");
        fields.Only("conv_in_kernel", NotComputed, "3");
        fields.Only("conv_out_kernel", NotComputed, "3");
        fields.Only("downsample_padding", NotComputed, "1");
        fields.Only("dual_cross_attention", NotComputed, "false");
        fields.Only("flip_sin_to_cos", NotComputed, "true");
        fields.Only("freq_shift", NotComputed, "0");
        fields.Only("mid_block_only_cross_attention", NotComputed, "false");
        fields.Only("mid_block_scale_factor", NotComputed, "1");
        fields.Only("mid_block_type", NotComputed, "\"UNetMidBlock2DCrossAttn\"");
        fields.Only("only_cross_attention", NotComputed, "false");
        fields.Only("resnet_out_scale_factor", NotComputed, "1");
        fields.Only("resnet_skip_time_act", NotComputed, "false");
        fields.Only("resnet_time_scale_shift", NotComputed, "\"default\"");
        fields.Only("time_embedding_type", NotComputed, "\"positional\"");
        fields.Only("transformer_layers_per_block", NotComputed, "1");
    }

    private static IReadOnlyList<bool> HasAttention(
        ConfigFields fields, string key, int blocks, string without, string with, IReadOnlyList<bool> missing)
    {
        var types = fields.Texts(key, [.. missing.Select(a => a ? with : without)], InputLimits.Levels);
        if (types.Count != blocks) throw fields.Refuse(key, $"a list of {types.Count}", $"block_out_channels has {blocks} levels");
        if (types.FirstOrDefault(t => t != with && t != without) is { } other)
            throw fields.Refuse(key, InputText.Quote(other), $"only {without} and {with} are known");
        if (!types.Contains(with)) throw fields.Refuse(key, $"{without} alone", "no block looks at the text");
        return [.. types.Select(t => t == with)];
    }
}
