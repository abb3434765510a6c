using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>What a file or folder of weights is. Code reads the facts; people read <see cref="Sentence"/>.</summary>
/// <param name="Kind">what it holds</param>
internal sealed record CheckpointFacts(CheckpointKind Kind)
{
    private const int LongestName = 60;

    /// <summary>The family of models.</summary>
    public CheckpointFamily Family { get; init; }

    /// <summary>Whose names its tensors have.</summary>
    public CheckpointLayout Layout { get; init; }

    /// <summary>What its U-Net takes beside latents.</summary>
    public CheckpointVariant Variant { get; init; }

    /// <summary>Steps that it was distilled for, where its family is one of several.</summary>
    public int? Steps { get; init; }

    /// <summary>Which of AnimateDiff's three designs motion modules have, whoever trained them: 1, 2 or 3, if it can be told.</summary>
    public int? Version { get; init; }

    /// <summary>How the family, or if that is not known the kind, was found.</summary>
    public CheckpointEvidence Evidence { get; init; }

    /// <summary>Tensors in it.</summary>
    public int Tensors { get; init; }

    /// <summary>The name of one of them.</summary>
    public string Example { get; init; } = "";

    /// <summary>How it wants to be sampled, if it is an adapter whose family and steps are known.</summary>
    public MotionKind? Motion => Family switch
    {
        CheckpointFamily.AnimateDiff => MotionKind.AnimateDiff,
        CheckpointFamily.AnimateLcm => MotionKind.AnimateLcm,
        CheckpointFamily.AnimateDiffLightning when Steps is { } steps => MotionKind.Lightning(steps),
        _ => null,
    };

    /// <summary>What it is, as "a Stable Diffusion 1 inpainting U-Net".</summary>
    public string Sentence => (Kind, Family) switch
    {
        (CheckpointKind.Unknown, _) => $"a file of {Tensors} tensors of no kind known here ({InputText.Name(Example, LongestName)} ...)",
        (CheckpointKind.Empty, _) => "a file without tensors",
        (_, CheckpointFamily.Transformer) => $"a {Noun} with a transformer in place of the U-Net",
        _ => WithArticle(string.Join(' ', new[] { FamilyWord, VariantWord, Noun }.Where(word => word.Length > 0))),
    };

    private string FamilyWord => Family switch
    {
        CheckpointFamily.StableDiffusion1 => "Stable Diffusion 1",
        CheckpointFamily.StableDiffusion2 => "Stable Diffusion 2",
        CheckpointFamily.StableDiffusionXl => "SDXL",
        CheckpointFamily.StableDiffusion3 => "Stable Diffusion 3",
        CheckpointFamily.Flux => "Flux",
        CheckpointFamily.VideoCrafter => "VideoCrafter",
        CheckpointFamily.AnimateDiff => Version is { } version ? $"AnimateDiff v{version}" : "AnimateDiff",
        CheckpointFamily.AnimateDiffLightning => "AnimateDiff-Lightning",
        CheckpointFamily.AnimateLcm => "AnimateLCM",
        CheckpointFamily.AnimateDiffXl => "AnimateDiff-SDXL",
        CheckpointFamily.HotshotXl => "HotshotXL",
        CheckpointFamily.Pia => "PIA",
        CheckpointFamily.AnimateLcmI2V => "AnimateLCM-I2V",
        CheckpointFamily.FancyVideo => "FancyVideo",
        CheckpointFamily.CameraCtrl => "CameraCtrl",
        CheckpointFamily.MotionCtrl => "MotionCtrl",
        CheckpointFamily.SparseCtrl => "SparseCtrl",
        CheckpointFamily.ModelScope => "ModelScope",
        _ => "",
    };

    private string VariantWord => Variant switch
    {
        CheckpointVariant.Inpainting => "inpainting",
        CheckpointVariant.InstructPix2Pix => "InstructPix2Pix",
        _ => "",
    };

    private string Noun => Kind switch
    {
        CheckpointKind.Checkpoint => Layout == CheckpointLayout.Diffusers ? "model" : "checkpoint",
        CheckpointKind.UNet => "U-Net",
        CheckpointKind.Vae => "VAE",
        CheckpointKind.TextEncoder => "text encoder",
        CheckpointKind.MotionAdapter => "motion adapter",
        CheckpointKind.VideoUNet => "whole video U-Net",
        CheckpointKind.MotionLora => "motion LoRA",
        CheckpointKind.Lora => "LoRA",
        CheckpointKind.Lycoris => "LyCORIS adapter",
        CheckpointKind.ControlNet => "ControlNet",
        CheckpointKind.TextualInversion => "textual inversion",
        _ => "file",
    };

    /// <inheritdoc/>
    public override string ToString() => Sentence;

    /// <summary>The same adapter, of a kind that is known otherwise.</summary>
    public CheckpointFacts With(MotionKind motion, CheckpointEvidence evidence)
    {
        var family = motion == MotionKind.AnimateDiff ? CheckpointFamily.AnimateDiff
            : motion == MotionKind.AnimateLcm ? CheckpointFamily.AnimateLcm
            : CheckpointFamily.AnimateDiffLightning;
        bool areStepsSaid = family == CheckpointFamily.AnimateDiffLightning && motion != MotionKind.AnyLightning;
        return With(family, areStepsSaid ? motion.Profile.Steps : null, evidence);
    }

    /// <summary>The same adapter, of a family that is known otherwise, perhaps without its steps.</summary>
    public CheckpointFacts With(CheckpointFamily family, int? steps, CheckpointEvidence evidence) =>
        this with { Family = family, Steps = steps, Evidence = evidence };

    /// <summary>SDXL is spelled, the other words are read.</summary>
    private static string WithArticle(string words)
    {
        bool isVowel = words.StartsWith("SDXL", StringComparison.Ordinal) || "AEIOaeio".Contains(words[0], StringComparison.Ordinal);
        return $"{(isVowel ? "an" : "a")} {words}";
    }
}
