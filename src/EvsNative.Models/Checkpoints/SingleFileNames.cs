using System.Globalization;

namespace EvsNative.Models;

/// <summary>
/// What the tensors of a model are called in the original Stable Diffusion's single file, from diffusers' names. Two layers a block, as in
/// every Stable Diffusion 1. Sources: models.md 2.2, 2.3, 3.4 and 4.1.
/// </summary>
internal static class SingleFileNames
{
    private const int LayersPerBlock = 2, VaeLevels = 4;

    /// <summary>The place behind the layers of a block.</summary>
    private static readonly string Behind = $"{LayersPerBlock}";

    /// <summary>The name in a single file; motion modules have none.</summary>
    public static string Of(ModelPartKind kind, string name)
    {
        if (kind == ModelPartKind.UNet) return $"model.diffusion_model.{UNet(name.Split('.'))}";
        if (kind == ModelPartKind.Vae) return $"first_stage_model.{Vae(name.Split('.'))}";
        return kind == ModelPartKind.TextEncoder ? $"cond_stage_model.transformer.{name}" : throw Unknown([name]);
    }

    /// <summary>
    /// The dimensions in a single file: the autoencoder's attention is made of 1 x 1 convolutions there, of linear layers in diffusers.
    /// </summary>
    public static IReadOnlyList<long> ShapeOf(ModelPartKind kind, IReadOnlyList<long> shape) =>
        kind == ModelPartKind.Vae && shape.Count == 2 ? [.. shape, 1, 1] : shape;

    private static string UNet(string[] name) => name switch
    {
        ["conv_in", .. var leaf] => Join("input_blocks.0.0", leaf),
        ["time_embedding", "linear_1", .. var leaf] => Join("time_embed.0", leaf),
        ["time_embedding", "linear_2", .. var leaf] => Join("time_embed.2", leaf),
        ["down_blocks", var b, "resnets", var j, .. var leaf] => Join($"input_blocks.{Down(b, j)}.0", Resnet(leaf)),
        ["down_blocks", var b, "attentions", var j, .. var leaf] => Join($"input_blocks.{Down(b, j)}.1", leaf),
        ["down_blocks", var b, "downsamplers", "0", "conv", .. var leaf] => Join($"input_blocks.{Down(b, Behind)}.0.op", leaf),
        ["mid_block", "resnets", "0", .. var leaf] => Join("middle_block.0", Resnet(leaf)),
        ["mid_block", "attentions", "0", .. var leaf] => Join("middle_block.1", leaf),
        ["mid_block", "resnets", "1", .. var leaf] => Join("middle_block.2", Resnet(leaf)),
        ["up_blocks", var b, "resnets", var j, .. var leaf] => Join($"output_blocks.{Up(b, j)}.0", Resnet(leaf)),
        ["up_blocks", var b, "attentions", var j, .. var leaf] => Join($"output_blocks.{Up(b, j)}.1", leaf),
        // Behind the last layer of a block, whose attention, where there is one, comes first.
        ["up_blocks", "0", "upsamplers", "0", "conv", .. var leaf] => Join($"output_blocks.{Up("0", Behind)}.1.conv", leaf),
        ["up_blocks", var b, "upsamplers", "0", "conv", .. var leaf] => Join($"output_blocks.{Up(b, Behind)}.2.conv", leaf),
        ["conv_norm_out", .. var leaf] => Join("out.0", leaf),
        ["conv_out", .. var leaf] => Join("out.2", leaf),
        _ => throw Unknown(name),
    };

    private static string[] Resnet(string[] leaf) => leaf switch
    {
        ["norm1", var end] => ["in_layers", "0", end],
        ["conv1", var end] => ["in_layers", "2", end],
        ["time_emb_proj", var end] => ["emb_layers", "1", end],
        ["norm2", var end] => ["out_layers", "0", end],
        ["conv2", var end] => ["out_layers", "3", end],
        ["conv_shortcut", var end] => ["skip_connection", end],
        _ => throw Unknown(leaf),
    };

    private static string Vae(string[] name) => name switch
    {
        [var half, "mid_block", "resnets", var j, .. var leaf] => Join($"{half}.mid.block_{Number(j) + 1}", VaeResnet(leaf)),
        [var half, "mid_block", "attentions", "0", .. var leaf] => Join($"{half}.mid.attn_1", VaeAttention(leaf)),
        ["encoder", "down_blocks", var i, "resnets", var j, .. var leaf] => Join($"encoder.down.{i}.block.{j}", VaeResnet(leaf)),
        ["encoder", "down_blocks", var i, "downsamplers", "0", "conv", .. var leaf] => Join($"encoder.down.{i}.downsample.conv", leaf),
        ["decoder", "up_blocks", var i, "resnets", var j, .. var leaf] => Join($"decoder.up.{Reversed(i)}.block.{j}", VaeResnet(leaf)),
        ["decoder", "up_blocks", var i, "upsamplers", "0", "conv", .. var leaf] => Join($"decoder.up.{Reversed(i)}.upsample.conv", leaf),
        [var half, "conv_norm_out", .. var leaf] => Join($"{half}.norm_out", leaf),
        ["encoder" or "decoder", "conv_in" or "conv_out", ..] or ["quant_conv" or "post_quant_conv", ..] => string.Join('.', name),
        _ => throw Unknown(name),
    };

    private static string[] VaeResnet(string[] leaf) => leaf is ["conv_shortcut", var end] ? ["nin_shortcut", end] : leaf;

    private static string[] VaeAttention(string[] leaf) => leaf switch
    {
        ["group_norm", var end] => ["norm", end],
        ["to_q" or "to_k" or "to_v", var end] => [leaf[0][3..], end],
        ["to_out", "0", var end] => ["proj_out", end],
        _ => throw Unknown(leaf),
    };

    private static int Down(string block, string layer) => 1 + ((LayersPerBlock + 1) * Number(block)) + Number(layer);

    private static int Up(string block, string layer) => ((LayersPerBlock + 1) * Number(block)) + Number(layer);

    private static int Reversed(string block) => VaeLevels - 1 - Number(block);

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static string Join(string path, string[] leaf) => $"{path}.{string.Join('.', leaf)}";

    private static ArgumentException Unknown(string[] name) => new($"single file: no name for {string.Join('.', name)}");
}
