using System.Text;
using System.Text.Json;
using EvsNative.Kernels;

namespace EvsNative.Models;

/// <summary>Configurations as diffusers and transformers write them: config.json. What is read back is what was written.</summary>
internal static class ConfigWriter
{
    private const int LatentSide = 64;

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>A JSON object with the fields that are written into it.</summary>
    public static string Text(Action<Utf8JsonWriter> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The fields of unet/config.json.</summary>
    public static void Write(Utf8JsonWriter json, UNetConfig config)
    {
        json.WriteString("_class_name", ModelPartKind.UNet.ClassName);
        json.WriteNumber("sample_size", LatentSide);
        json.WriteNumber("in_channels", config.InChannels);
        json.WriteNumber("out_channels", config.OutChannels);
        Write(json, "block_out_channels", config.BlockOutChannels);
        Write(json, "down_block_types", config.DownHasAttention.Select(has => has ? "CrossAttnDownBlock2D" : "DownBlock2D"));
        Write(json, "up_block_types", config.UpHasAttention.Select(has => has ? "CrossAttnUpBlock2D" : "UpBlock2D"));
        json.WriteNumber("layers_per_block", config.LayersPerBlock);
        json.WriteNumber("cross_attention_dim", config.CrossAttentionDim);
        json.WriteNumber("attention_head_dim", config.Heads);
        json.WriteNumber("norm_num_groups", config.NormNumGroups);
        json.WriteNumber("norm_eps", config.NormEps);
    }

    /// <summary>The fields of vae/config.json.</summary>
    public static void Write(Utf8JsonWriter json, VaeConfig config)
    {
        int levels = config.BlockOutChannels.Count;
        json.WriteString("_class_name", ModelPartKind.Vae.ClassName);
        json.WriteNumber("sample_size", LatentSide * config.Factor);
        json.WriteNumber("in_channels", 3);
        json.WriteNumber("out_channels", 3);
        json.WriteNumber("latent_channels", config.LatentChannels);
        Write(json, "block_out_channels", config.BlockOutChannels);
        Write(json, "down_block_types", Enumerable.Repeat("DownEncoderBlock2D", levels));
        Write(json, "up_block_types", Enumerable.Repeat("UpDecoderBlock2D", levels));
        json.WriteNumber("layers_per_block", config.LayersPerBlock);
        json.WriteNumber("norm_num_groups", config.NormNumGroups);
        json.WriteNumber("scaling_factor", config.ScalingFactor);
    }

    /// <summary>The fields of text_encoder/config.json.</summary>
    public static void Write(Utf8JsonWriter json, ClipConfig config)
    {
        Write(json, "architectures", [ModelPartKind.TextEncoder.ClassName]);
        json.WriteString("model_type", "clip_text_model");
        json.WriteNumber("hidden_size", config.HiddenSize);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("intermediate_size", config.IntermediateSize);
        json.WriteNumber("vocab_size", config.VocabularySize);
        json.WriteNumber("max_position_embeddings", config.MaxPositions);
        json.WriteString("hidden_act", config.Activation == Activation.QuickGelu ? "quick_gelu" : "gelu");
        json.WriteNumber("layer_norm_eps", config.LayerNormEps);
    }

    /// <summary>The fields of motion_adapter/config.json.</summary>
    public static void Write(Utf8JsonWriter json, MotionConfig config)
    {
        json.WriteString("_class_name", ModelPartKind.MotionAdapter.ClassName);
        Write(json, "block_out_channels", config.BlockOutChannels);
        json.WriteNumber("motion_layers_per_block", config.LayersPerBlock);
        json.WriteNumber("motion_num_attention_heads", config.Heads);
        json.WriteNumber("motion_norm_num_groups", config.NormNumGroups);
        json.WriteNumber("motion_max_seq_length", config.MaxFrames);
        json.WriteBoolean("use_motion_mid_block", config.HasMidBlock);
    }

    private static void Write(Utf8JsonWriter json, string key, IEnumerable<int> values)
    {
        json.WriteStartArray(key);
        foreach (int value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string key, IEnumerable<string> values)
    {
        json.WriteStartArray(key);
        foreach (string value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
