namespace EvsNative.Models;

/// <summary>What to do with a file or folder of weights, by what it is: where it belongs, or what to take in its place.</summary>
internal static class CheckpointAdvice
{
    /// <summary>What is needed where a model is.</summary>
    public const string Model = "a Stable Diffusion 1.5 model is needed: a checkpoint file, or a folder in the diffusers layout";

    private const string Plain = "take the plain Stable Diffusion 1.5 model that it was made from";

    /// <summary>Where the file belongs, or what to take in its place, as the end of a sentence; not empty.</summary>
    public static string Of(CheckpointFacts facts) => facts.Kind switch
    {
        CheckpointKind.Checkpoint or CheckpointKind.UNet => OfModel(facts),
        CheckpointKind.Vae when facts.Title.Length > 0 => "its latents are not those of Stable Diffusion 1.5: take sd-vae-ft-mse",
        CheckpointKind.TinyVae or CheckpointKind.ConsistencyDecoder => "take a full autoencoder, such as sd-vae-ft-mse",
        CheckpointKind.Vae => "give it with --vae, and a model with --model",
        CheckpointKind.MotionAdapter => "give it with --motion, and a model with --model",
        CheckpointKind.Lora or CheckpointKind.Lycoris or CheckpointKind.MotionLora or CheckpointKind.TextualInversion
            when IsOfOthers(facts) => "it fits models of its own family alone: take one for Stable Diffusion 1.5",
        CheckpointKind.Lora or CheckpointKind.Lycoris or CheckpointKind.MotionLora => "give it with --lora, and a model with --model",
        CheckpointKind.TextualInversion => "give it with --embedding, and a model with --model",
        CheckpointKind.VideoUNet => "give a plain image model with --model, and motion modules alone with --motion",
        CheckpointKind.ControlNet or CheckpointKind.T2IAdapter or CheckpointKind.IpAdapter or CheckpointKind.Gligen
            or CheckpointKind.Hypernetwork => $"guides of this kind are not used here: {Model}",
        CheckpointKind.FrameInterpolator or CheckpointKind.VisionTransformer or CheckpointKind.VideoScorer
            or CheckpointKind.AestheticScorer or CheckpointKind.Siglip => $"networks of this kind judge clips (evsnative score): {Model}",
        _ => Model,
    };

    /// <summary>The option that takes files of this kind; null if none does, or not one of this family.</summary>
    public static string? Option(CheckpointFacts facts) => IsOfOthers(facts) || facts.Variant != CheckpointVariant.None ? null
        : facts.Kind switch
        {
            CheckpointKind.Checkpoint => "--model",
            CheckpointKind.Vae when facts.Title.Length == 0 => "--vae",
            CheckpointKind.MotionAdapter => "--motion",
            CheckpointKind.Lora or CheckpointKind.Lycoris or CheckpointKind.MotionLora => "--lora",
            CheckpointKind.TextualInversion => "--embedding",
            _ => null,
        };

    /// <summary>True for a family that none of ours is.</summary>
    private static bool IsOfOthers(CheckpointFacts facts) => facts.Family is not (
        CheckpointFamily.Unknown or CheckpointFamily.StableDiffusion1 or CheckpointFamily.AnimateDiff
        or CheckpointFamily.AnimateDiffLightning or CheckpointFamily.AnimateLcm);

    private static string OfModel(CheckpointFacts facts) => (facts.Family, facts.Variant) switch
    {
        (CheckpointFamily.StableDiffusion1 or CheckpointFamily.Unknown, CheckpointVariant.VPrediction) =>
            "only models that predict noise (epsilon) are computed: take one that was not trained for v-prediction",
        (CheckpointFamily.StableDiffusion1 or CheckpointFamily.Unknown, CheckpointVariant.Distilled) =>
            $"its guidance is an input that is not computed: {Plain}, with AnimateLCM or an LCM LoRA",
        (CheckpointFamily.StableDiffusion1 or CheckpointFamily.Unknown, CheckpointVariant.Quantized) =>
            "take the same model in F16, BF16 or F32",
        (CheckpointFamily.StableDiffusion1 or CheckpointFamily.Unknown, not CheckpointVariant.None) => Plain,
        (CheckpointFamily.StableDiffusion1 or CheckpointFamily.Unknown, _) => "give it with --model",
        _ => Model,
    };
}
