using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// Models without files: real sizes, weights by formula. They compute what a real model computes, in the same time and memory, and show
/// nothing.
/// </summary>
public static class FormulaModels
{
    private const string Origin = "weights by formula";

    /// <summary>What <see cref="Open"/> knows.</summary>
    public static IReadOnlyList<string> Sizes { get; } = ["sd15", "tiny"];

    /// <summary>A model of the named size.</summary>
    /// <param name="size">sd15 or tiny</param>
    /// <param name="needsMotion">false for runs of the image model alone</param>
    /// <exception cref="InputException">another size</exception>
    public static ModelParts Open(string size, bool needsMotion = true)
    {
        var s = ConfigsOf(size);
        var lightning = new CheckpointFacts(CheckpointKind.MotionAdapter).With(MotionKind.Lightning(), CheckpointEvidence.Config);
        return new ModelParts(
            Part(ModelPartKind.UNet, s.UNet, new(CheckpointKind.UNet)),
            Part(ModelPartKind.Vae, s.Vae, new(CheckpointKind.Vae)),
            Part(ModelPartKind.TextEncoder, s.Text, new(CheckpointKind.TextEncoder)),
            needsMotion ? Part(ModelPartKind.MotionAdapter, s.Motion, lightning) : null,
            new ClipTokenizer(Vocabulary(size)));
    }

    /// <summary>Throws if there is no model of this size.</summary>
    /// <exception cref="InputException">another size</exception>
    public static void EnsureKnown(string size) => ConfigsOf(size);

    /// <summary>The vocabulary of the named size.</summary>
    internal static ClipTokenizerFiles Vocabulary(string size) => FormulaVocabulary.Make(ConfigsOf(size).Text.VocabularySize);

    private static ModelPart<TConfig> Part<TConfig>(ModelPartKind<TConfig> kind, TConfig config, CheckpointFacts facts) =>
        new(kind, config, Origin, new FormulaWeights(), facts);

    private static Configs ConfigsOf(string size) => size.ToLowerInvariant() switch
    {
        "sd15" => new(UNetConfig.Sd15, VaeConfig.Sd15, ClipConfig.VitL, MotionConfig.AnimateDiffV2),
        "tiny" => new(
            UNetConfig.Sd15 with { BlockOutChannels = [32, 64, 128, 128], CrossAttentionDim = 32 },
            VaeConfig.Sd15 with { BlockOutChannels = [32, 64, 128, 128] },
            new ClipConfig(HiddenSize: 32, Layers: 3, Heads: 4, IntermediateSize: 64, VocabularySize: 1000),
            MotionConfig.AnimateDiffV2 with { BlockOutChannels = [32, 64, 128, 128] }),
        _ => throw new InputException(InputCode.UnknownWord, $"unknown size of fake weights '{size}': {string.Join(" or ", Sizes)}"),
    };

    private sealed record Configs(UNetConfig UNet, VaeConfig Vae, ClipConfig Text, MotionConfig Motion);
}
