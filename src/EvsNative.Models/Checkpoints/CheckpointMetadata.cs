using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// What writers say about their files: the keys of ModelSpec, the metadata standard of safetensors files, and those of kohya's trainer. It
/// counts only where the tensors leave something open.
/// </summary>
internal static class CheckpointMetadata
{
    private const string Architecture = "modelspec.architecture", Prediction = "modelspec.prediction_type";
    private const string BaseVersion = "ss_base_model_version", BaseName = "ss_sd_model_name", Velocity = "ss_v_parameterization";

    private static readonly string[] OfFamilies = [Architecture, BaseVersion, BaseName];

    /// <summary>Words of these keys, the more exact first. A dash stands for any of dash, dot, underscore and space, or for none.</summary>
    private static readonly (string Word, CheckpointFamily Family)[] Families =
    [
        ("xl-refiner", CheckpointFamily.StableDiffusionXlRefiner), ("stable-diffusion-xl", CheckpointFamily.StableDiffusionXl),
        ("sd-xl", CheckpointFamily.StableDiffusionXl), ("stable-diffusion-v1", CheckpointFamily.StableDiffusion1),
        ("stable-diffusion-1", CheckpointFamily.StableDiffusion1), ("sd-v1", CheckpointFamily.StableDiffusion1),
        ("sd-1-5", CheckpointFamily.StableDiffusion1), ("v1-5", CheckpointFamily.StableDiffusion1),
        ("stable-diffusion-v2", CheckpointFamily.StableDiffusion2), ("stable-diffusion-2", CheckpointFamily.StableDiffusion2),
        ("sd-v2", CheckpointFamily.StableDiffusion2), ("stable-diffusion-v3", CheckpointFamily.StableDiffusion3),
        ("stable-diffusion-3", CheckpointFamily.StableDiffusion3), ("sd-3", CheckpointFamily.StableDiffusion3),
        ("flux", CheckpointFamily.Flux),
    ];

    /// <summary>The facts with what the metadata adds.</summary>
    public static CheckpointFacts Complete(CheckpointFacts facts, IReadOnlyDictionary<string, string> metadata)
    {
        if (facts.Family == CheckpointFamily.Unknown && IsOfImageModels(facts.Kind) && FindFamily(metadata) is { } family)
            facts = facts with { Family = family, Evidence = CheckpointEvidence.Metadata };
        bool isVelocity = metadata.GetValueOrDefault(Prediction) is { } predicted && predicted.StartsWith('v')
            || (metadata.GetValueOrDefault(Velocity) is { } word && word.Equals("true", StringComparison.OrdinalIgnoreCase));
        bool isPlain = facts.Kind is CheckpointKind.Checkpoint or CheckpointKind.UNet && facts.Variant == CheckpointVariant.None;
        return isVelocity && isPlain
            ? facts with { Variant = CheckpointVariant.VPrediction, Evidence = CheckpointEvidence.Metadata }
            : facts;
    }

    /// <summary>The family that a text names, or null.</summary>
    public static CheckpointFamily? FamilyIn(string text)
    {
        string plain = Plain(text);
        foreach (var (word, family) in Families)
            if (plain.Contains(Plain(word), StringComparison.Ordinal)) return family;
        return null;
    }

    private static CheckpointFamily? FindFamily(IReadOnlyDictionary<string, string> metadata) =>
        OfFamilies.Select(key => metadata.TryGetValue(key, out string? text) ? FamilyIn(text) : null)
            .FirstOrDefault(found => found is not null);

    private static bool IsOfImageModels(CheckpointKind kind) => kind is CheckpointKind.Checkpoint or CheckpointKind.UNet
        or CheckpointKind.Vae or CheckpointKind.Lora or CheckpointKind.Lycoris or CheckpointKind.TextualInversion
        or CheckpointKind.ControlNet or CheckpointKind.T2IAdapter or CheckpointKind.IpAdapter;

    private static string Plain(string text) =>
        string.Concat(text.Where(letter => letter is not ('-' or '.' or '_' or ' '))).ToLowerInvariant();
}
