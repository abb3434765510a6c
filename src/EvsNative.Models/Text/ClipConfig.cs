using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The sizes of a CLIP text encoder.</summary>
/// <param name="HiddenSize">channels</param>
/// <param name="Layers">transformer layers</param>
/// <param name="Heads">attention heads</param>
/// <param name="IntermediateSize">channels inside each layer's two linear layers</param>
/// <param name="VocabularySize">words</param>
/// <param name="MaxPositions">words in a prompt, padding included</param>
/// <param name="Activation">QuickGelu for ViT-L, Gelu for OpenCLIP models</param>
/// <param name="LayerNormEps">epsilon of every norm</param>
public sealed record ClipConfig(
    int HiddenSize = 768,
    int Layers = 12,
    int Heads = 12,
    int IntermediateSize = 3072,
    int VocabularySize = 49408,
    int MaxPositions = 77,
    Activation Activation = Activation.QuickGelu,
    float LayerNormEps = 1e-5f)
{
    /// <summary>CLIP ViT-L/14, the text encoder of Stable Diffusion 1.</summary>
    public static ClipConfig VitL { get; } = new();

    /// <summary>
    /// Reads a transformers <c>text_encoder/config.json</c>. Its token ids are not read: those of Stable Diffusion 1 are wrong leftovers.
    /// </summary>
    /// <exception cref="InputException">a value that the engine cannot compute</exception>
    public static ClipConfig Parse(JsonElement json) => Parse(new ConfigFields(json, "text encoder"));

    /// <inheritdoc cref="Parse(JsonElement)"/>
    internal static ClipConfig Parse(ConfigFields fields)
    {
        fields.Only("model_type", "only CLIP text encoders can be used", "\"clip_text_model\"", "\"clip\"");

        int width = fields.Int("hidden_size", 512, InputLimits.Channels), heads = fields.Int("num_attention_heads", 8, InputLimits.Heads);
        if (width % heads != 0) throw fields.Refuse("num_attention_heads", $"{heads}", $"it does not divide {width} channels");
        return new ClipConfig(
            width,
            fields.Int("num_hidden_layers", 12, InputLimits.Layers),
            heads,
            fields.Int("intermediate_size", 2048, InputLimits.Channels),
            fields.Int("vocab_size", 49408, InputLimits.Tokens),
            fields.Int("max_position_embeddings", 77, InputLimits.Positions),
            fields.Word("hidden_act", "quick_gelu", "quick_gelu", "gelu") == "gelu" ? Activation.Gelu : Activation.QuickGelu,
            fields.Float("layer_norm_eps", 1e-5f, InputLimits.LeastEpsilon, InputLimits.MostEpsilon));
    }
}
