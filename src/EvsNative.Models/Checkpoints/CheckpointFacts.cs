using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>What a file or folder of weights is. Code reads the facts; people read <see cref="Sentence"/>.</summary>
/// <param name="Kind">what it holds</param>
internal sealed record CheckpointFacts(CheckpointKind Kind)
{
    private const int LongestName = 60;

    /// <summary>What begins with a letter whose name begins with a vowel.</summary>
    private static readonly string[] Spelled = ["SDXL", "LTX", "LCM", "8-channel"];

    /// <summary>The family of models.</summary>
    public CheckpointFamily Family { get; init; }

    /// <summary>The name of what has no family here, or of one of a family's sizes: "PixArt", "16-channel", "CLIP ViT-L".</summary>
    public string Title { get; init; } = "";

    /// <summary>Which networks of an image model lie in it.</summary>
    public CheckpointContents Contents { get; init; }

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
        (not CheckpointKind.Transformer, CheckpointFamily.Transformer) =>
            $"{WithArticle(Joined(Title, CheckpointWords.Of(Kind, Layout)))} with a transformer in place of the U-Net",
        _ => WithArticle(Joined(
            CheckpointWords.Of(Family), VersionWord, Title, CheckpointWords.Of(Variant), CheckpointWords.Of(Kind, Layout))),
    };

    private string VersionWord => Family == CheckpointFamily.AnimateDiff && Version is { } version ? $"v{version}" : "";

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

    private static string Joined(params IEnumerable<string> words) => string.Join(' ', words.Where(word => word.Length > 0));

    /// <summary>Some names are spelled, the other words are read.</summary>
    private static string WithArticle(string words)
    {
        bool isSpelled = Spelled.Any(word => words.StartsWith(word, StringComparison.Ordinal));
        bool isVowel = isSpelled || "AEIOaeiou".Contains(words[0], StringComparison.Ordinal);
        return $"{(isVowel ? "an" : "a")} {words}";
    }
}
