namespace EvsNative.Models;

/// <summary>The tensors of CLIP's text half, by their names in transformers. Source: models.md 4.1.</summary>
internal static class TextLayers
{
    /// <summary>True if the network has a tensor of this name.</summary>
    public static bool Has(string name) => name.Split('.') switch
    {
        ["text_model", "embeddings", "token_embedding" or "position_embedding", "weight"] => true,
        ["text_model", "final_layer_norm", "weight" or "bias"] => true,
        ["text_model", "encoder", "layers", var i, .. var leaf] when int.TryParse(i, out _) => IsOfLayer(leaf),
        _ => false,
    };

    private static bool IsOfLayer(string[] leaf) => leaf switch
    {
        ["layer_norm1" or "layer_norm2", "weight" or "bias"] => true,
        ["self_attn", "q_proj" or "k_proj" or "v_proj" or "out_proj", "weight" or "bias"] => true,
        ["mlp", "fc1" or "fc2", "weight" or "bias"] => true,
        _ => false,
    };
}
