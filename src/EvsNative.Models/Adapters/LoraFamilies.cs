namespace EvsNative.Models.Adapters;

/// <summary>Tells LoRAs for models of other families by the names of their modules and the width of the text that they attend to.</summary>
internal static class LoraFamilies
{
    private const string Flux = "Flux", StableDiffusion3 = "Stable Diffusion 3", Xl = "SDXL", Transformer = "a model with a transformer";

    private static readonly (string Word, string Family)[] Words =
    [
        ("double_blocks", Flux), ("single_blocks", Flux), ("single_transformer_blocks", Flux), ("joint_blocks", StableDiffusion3),
        ("temp_attentions", "a text-to-video U-Net"),
    ];

    private static readonly (string Word, string Family)[] FirstWords =
    [
        ("lora_te3_", StableDiffusion3), ("text_encoder_3.", StableDiffusion3), ("lora_te2_", Xl), ("text_encoder_2.", Xl),
        ("lora_prior_", "Stable Cascade"), ("lora_transformer_", Transformer), ("transformer.transformer_blocks.", Transformer),
        ("transformer.blocks.", Transformer), ("diffusion_model.blocks.", Transformer), ("diffusion_model.layers.", Transformer),
    ];

    private static readonly Dictionary<long, string> Widths = new()
    {
        [768] = "Stable Diffusion 1",
        [1024] = "Stable Diffusion 2",
        [2048] = "SDXL",
    };

    /// <summary>The family that a LoRA is for, where it tells and is not the model's; null otherwise.</summary>
    /// <param name="file">the LoRA</param>
    /// <param name="textWidth">numbers a word that the model's U-Net takes</param>
    public static string? Other(LoraFile file, int textWidth)
    {
        foreach (var (word, family) in Words)
            if (file.Keys.Any(key => key.Name.Contains(word, StringComparison.Ordinal))) return family;
        foreach (var (word, family) in FirstWords)
            if (file.Keys.Any(key => key.Name.StartsWith(word, StringComparison.Ordinal))) return family;
        var (name, _) = file.Keys.FirstOrDefault(key => IsOfText(key.Key));
        if (name is null || file.ShapeOf(name) is not [_, var width, ..] || width == textWidth) return null;
        return Widths.GetValueOrDefault(width);
    }

    /// <summary>The lower factor of a layer that reads the prompt.</summary>
    private static bool IsOfText(LoraKey key) =>
        key.Role is LoraRole.Down or LoraRole.Hadamard1B
        && (key.Module.EndsWith("attn2.to_k", StringComparison.Ordinal) || key.Module.EndsWith("attn2_to_k", StringComparison.Ordinal))
        && !key.Module.Contains("motion_modules", StringComparison.Ordinal);
}
