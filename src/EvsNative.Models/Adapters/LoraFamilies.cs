namespace EvsNative.Models.Adapters;

/// <summary>Tells LoRAs for models of other families by the names of their modules and the width of the text that they attend to.</summary>
internal static class LoraFamilies
{
    private static readonly (string Word, string Family)[] Words =
    [
        ("double_blocks", "Flux"), ("single_blocks", "Flux"), ("single_transformer_blocks", "Flux"), ("joint_blocks", "Stable Diffusion 3"),
        ("lora_te3_", "Stable Diffusion 3"), ("lora_te2_", "SDXL"), ("text_encoder_2.", "SDXL"), ("lora_prior_", "Stable Cascade"),
        ("lora_transformer_", "a model with a transformer"), ("transformer.transformer_blocks.", "a model with a transformer"),
        ("temp_attentions", "a text-to-video U-Net"), ("double_stream_modulation", "Flux"),
    ];

    private static readonly Dictionary<long, string> Widths = new()
    {
        [768] = "Stable Diffusion 1", [1024] = "Stable Diffusion 2", [2048] = "SDXL",
    };

    /// <summary>The family that a LoRA is for, where it tells and is not the model's; null otherwise.</summary>
    /// <param name="file">the LoRA</param>
    /// <param name="textWidth">numbers a word that the model's U-Net takes</param>
    public static string? Other(LoraFile file, int textWidth)
    {
        foreach (var (word, family) in Words)
            if (file.Keys.Any(key => key.Name.Contains(word, StringComparison.Ordinal))) return family;
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
