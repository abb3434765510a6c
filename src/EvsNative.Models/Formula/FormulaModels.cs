using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>
/// Models without files: real sizes, weights by formula. They compute what a real model computes, in the same time and memory, and show nothing.
/// </summary>
public static class FormulaModels
{
    private const string UNet = """
        "_class_name": "UNet2DConditionModel", "in_channels": 4, "out_channels": 4, "sample_size": 64, "layers_per_block": 2, "attention_head_dim": 8,
        "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
        """;

    private const string Vae = """
        "_class_name": "AutoencoderKL", "in_channels": 3, "out_channels": 3, "latent_channels": 4, "sample_size": 512, "layers_per_block": 2, "scaling_factor": 0.18215,
        "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
        """;

    private const string Text = """
        "architectures": ["CLIPTextModel"], "model_type": "clip_text_model", "hidden_act": "quick_gelu", "max_position_embeddings": 77, "layer_norm_eps": 1e-05
        """;

    private const string Motion = """
        "_class_name": "MotionAdapter", "motion_layers_per_block": 2, "motion_num_attention_heads": 8, "motion_norm_num_groups": 32, "motion_max_seq_length": 32,
        "use_motion_mid_block": true
        """;

    /// <summary>A model of the named size.</summary>
    /// <param name="size">sd15 or tiny</param>
    /// <param name="needsMotion">false for runs of the image model alone</param>
    /// <exception cref="InputException">another size</exception>
    public static ModelParts Open(string size, bool needsMotion = true)
    {
        var s = Sizes.Of(size);
        return new ModelParts(
            Part(UNet, $"\"block_out_channels\": {s.Levels}, \"cross_attention_dim\": {s.Text}"),
            Part(Vae, $"\"block_out_channels\": {s.VaeLevels}"),
            Part(Text, $"\"hidden_size\": {s.Text}, \"num_hidden_layers\": {s.TextLayers}, \"num_attention_heads\": {s.TextHeads}, \"intermediate_size\": {s.TextInner}, \"vocab_size\": {s.Vocabulary}"),
            needsMotion ? Part(Motion, $"\"block_out_channels\": {s.Levels}") : null,
            new ClipTokenizer(Vocabulary(size)));
    }

    /// <summary>The vocabulary of the named size.</summary>
    internal static ClipTokenizerFiles Vocabulary(string size) => FormulaVocabulary.Make(Sizes.Of(size).Vocabulary);

    private static ModelPart Part(string fields, string sizes)
    {
        using var document = JsonDocument.Parse($"{{ {fields.Trim()}, {sizes} }}");
        return new ModelPart("weights by formula", document.RootElement.Clone(), new FormulaWeights());
    }

    /// <summary>What differs between the sizes.</summary>
    private sealed record Sizes(string Levels, string VaeLevels, int Text, int TextLayers, int TextHeads, int TextInner, int Vocabulary)
    {
        public static Sizes Of(string size) => size.ToLowerInvariant() switch
        {
            "sd15" => new("[320, 640, 1280, 1280]", "[128, 256, 512, 512]", 768, 12, 12, 3072, 49408),
            "tiny" => new("[32, 64, 128, 128]", "[32, 64, 128, 128]", 32, 3, 4, 64, 1000),
            _ => throw new InputException($"unknown size of fake weights '{size}': sd15 or tiny"),
        };
    }
}
