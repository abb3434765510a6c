namespace EvsNative.Models;

/// <summary>Spellings of tensor names that differ from today's diffusers and transformers. Sources: models.md 3.4 and 4.1.</summary>
internal static class LegacyNames
{
    private static readonly string[] TextEncoderParts = ["embeddings.", "encoder.", "final_layer_norm."];

    /// <summary>Tensors of a whole CLIP that the text encoder does without.</summary>
    private static readonly string[] OtherClipParts = ["vision_model.", "visual_projection.", "text_projection.", "logit_scale"];

    /// <summary>Autoencoders saved by diffusers before 0.17, those of SD1.5 on the hub among them: the attention's four layers.</summary>
    public static string Vae(string stored)
    {
        const string folder = "mid_block.attentions.0.";
        int at = stored.IndexOf(folder, StringComparison.Ordinal);
        if (at < 0) return stored;
        int leaf = at + folder.Length, end = stored.IndexOf('.', leaf);
        if (end < 0) return stored;
        string? name = stored[leaf..end] switch
        {
            "query" => "to_q",
            "key" => "to_k",
            "value" => "to_v",
            "proj_attn" => "to_out.0",
            _ => null,
        };
        return name is null ? stored : stored[..leaf] + name + stored[end..];
    }

    /// <summary>Text encoders without the prefix <c>text_model.</c>, and the text half of a whole CLIP.</summary>
    public static string? TextEncoder(string stored)
    {
        if (OtherClipParts.Any(part => stored.StartsWith(part, StringComparison.Ordinal))) return null;
        return TextEncoderParts.Any(part => stored.StartsWith(part, StringComparison.Ordinal)) ? $"text_model.{stored}" : stored;
    }
}
