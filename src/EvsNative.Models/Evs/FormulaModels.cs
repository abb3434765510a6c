using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>
/// Models without files: real sizes, weights by formula. They compute what a real model computes, in the same time and memory, and show nothing.
/// </summary>
public static class FormulaModels
{
    private const string Sd15UNet = """
        { "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2, "cross_attention_dim": 768, "attention_head_dim": 8 }
        """;

    private const string Sd15Vae = """{ "block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "scaling_factor": 0.18215 }""";

    private const string Sd15Text = """
        { "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size": 49408 }
        """;

    private const string Sd15Motion = """{ "block_out_channels": [320, 640, 1280, 1280], "motion_layers_per_block": 2, "use_motion_mid_block": true }""";

    private const string TinyUNet = """
        { "block_out_channels": [32, 64, 128, 128], "layers_per_block": 2, "cross_attention_dim": 32, "attention_head_dim": 8 }
        """;

    private const string TinyVae = """{ "block_out_channels": [32, 64, 128, 128], "layers_per_block": 2, "scaling_factor": 0.18215 }""";

    private const string TinyText = """
        { "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 1000 }
        """;

    private const string TinyMotion = """{ "block_out_channels": [32, 64, 128, 128], "motion_layers_per_block": 2, "use_motion_mid_block": true }""";

    /// <summary>A model of the named size.</summary>
    /// <param name="size">sd15 or tiny</param>
    /// <param name="needsMotion">false for runs of the image model alone</param>
    /// <exception cref="InputException">another size</exception>
    public static ModelParts Open(string size, bool needsMotion = true) => size.ToLowerInvariant() switch
    {
        "sd15" => Of(Sd15UNet, Sd15Vae, Sd15Text, needsMotion ? Sd15Motion : null, vocabulary: 49408),
        "tiny" => Of(TinyUNet, TinyVae, TinyText, needsMotion ? TinyMotion : null, vocabulary: 1000),
        _ => throw new InputException($"unknown size of fake weights '{size}': sd15 or tiny"),
    };

    private static ModelParts Of(string unet, string vae, string text, string? motion, int vocabulary) =>
        new(Part(unet), Part(vae), Part(text), motion is null ? null : Part(motion), new FormulaTokenizer(vocabulary));

    private static ModelPart Part(string json)
    {
        using var document = JsonDocument.Parse(json);
        return new ModelPart("weights by formula", document.RootElement.Clone(), new FormulaWeights());
    }

    /// <summary>Some id for each character of the prompt: a vocabulary of any size without files.</summary>
    private sealed class FormulaTokenizer(int vocabulary) : IPromptTokenizer
    {
        private const int Length = 77;

        public int VocabularySize => vocabulary;

        public ClipTokens Encode(string prompt)
        {
            var ids = new int[Length];
            Array.Fill(ids, vocabulary - 1);
            ids[0] = vocabulary - 2;
            for (int i = 0; i < Math.Min(prompt.Length, Length - 2); i++) ids[i + 1] = prompt[i] * 31 % (vocabulary - 2);
            return new ClipTokens(ids, null);
        }
    }
}
