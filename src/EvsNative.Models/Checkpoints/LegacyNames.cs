namespace EvsNative.Models;

/// <summary>Spellings of tensor names that differ from today's diffusers and transformers. Sources: models.md 3.4 and 4.1.</summary>
internal static class LegacyNames
{
    private static readonly string[] TextEncoderParts = ["embeddings.", "encoder.", "final_layer_norm."];

    /// <summary>Tensors of a whole CLIP that the text encoder does without.</summary>
    private static readonly string[] OtherClipParts = ["vision_model.", "visual_projection.", "text_projection.", "logit_scale"];

    /// <summary>Today's diffusers, the original, what else there has been.</summary>
    private static readonly string[][] VaeAttention =
    [
        ["to_q", "q", "query"], ["to_k", "k", "key"], ["to_v", "v", "value"], ["to_out.0", "proj_out", "proj_attn", "to_out"],
        ["group_norm", "norm"],
    ];

    /// <summary>
    /// The attention of autoencoders, in diffusers' names and in the original's: both have had other words for its layers. Those of
    /// diffusers before 0.17 are in the files of SD1.5 on the hub; converters have mixed the two.
    /// </summary>
    public static string Vae(string stored)
    {
        const string diffusers = "mid_block.attentions.0.", original = "mid.attn_1.";
        string folder = stored.Contains(diffusers, StringComparison.Ordinal) ? diffusers : original;
        int at = stored.IndexOf(folder, StringComparison.Ordinal), end = stored.LastIndexOf('.');
        int leaf = at + folder.Length;
        if (at < 0 || end < leaf) return stored;
        int word = Array.FindIndex(VaeAttention, words => words.Contains(stored[leaf..end]));
        return word < 0 ? stored : $"{stored[..leaf]}{VaeAttention[word][folder == diffusers ? 0 : 1]}{stored[end..]}";
    }

    /// <summary>Text encoders without the prefix <c>text_model.</c>, and the text half of a whole CLIP.</summary>
    public static string? TextEncoder(string stored)
    {
        if (OtherClipParts.Any(part => stored.StartsWith(part, StringComparison.Ordinal))) return null;
        return TextEncoderParts.Any(part => stored.StartsWith(part, StringComparison.Ordinal)) ? $"text_model.{stored}" : stored;
    }
}
