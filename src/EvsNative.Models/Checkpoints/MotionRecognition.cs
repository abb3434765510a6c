using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// Finds out what motion modules are, since their habits stand in none of their files: by the user's word, by a word of their
/// configuration, by their tensors, by names that the writer left in the file, by names of files and folders. What is not known for
/// certain is said in a line.
/// </summary>
/// <param name="tensors">what the tensors tell</param>
/// <param name="config">the configuration, if there is one</param>
/// <param name="metadata">what the writer put into the file</param>
/// <param name="path">the file of the weights</param>
/// <param name="said">the user's word</param>
internal sealed class MotionRecognition(
    CheckpointFacts tensors, JsonElement? config, IReadOnlyDictionary<string, string>? metadata, string path, MotionKind? said)
{
    /// <summary>A key of config.json that says a word of <see cref="MotionKind"/>. diffusers passes over keys that begin so.</summary>
    public const string ConfigKey = "_motion_kind";

    /// <summary>Where diffusers notes what a network was loaded from before it was saved.</summary>
    private const string ConfigOrigin = "_name_or_path";

    /// <summary>
    /// Where writers have a model's name: ModelSpec, the metadata standard of safetensors files, then trainers and conversions.
    /// </summary>
    private static readonly string[] MetadataNames =
        ["modelspec.title", "modelspec.architecture", "title", "name", "model_name", "ss_output_name"];

    /// <summary>The facts of an adapter with the family and the steps that can be known.</summary>
    /// <exception cref="InputException">a word in the configuration that is none</exception>
    public static CheckpointFacts Recognize(
        CheckpointFacts tensors, JsonElement? config, IReadOnlyDictionary<string, string>? metadata, string path, MotionKind? said) =>
        new MotionRecognition(tensors, config, metadata, path, said).Facts();

    /// <summary>How to sample an adapter: as it is known, or as Lightning in 8 steps, the method's own choice.</summary>
    public static MotionKind KindOf(CheckpointFacts adapter) => adapter.Motion ?? MotionKind.Lightning();

    /// <inheritdoc cref="Recognize"/>
    public CheckpointFacts Facts()
    {
        var known = Known();
        if (known is not { Family: CheckpointFamily.AnimateDiffLightning, Steps: null }) return known;
        return known with { Steps = Told().Select(told => told.Name.Steps).FirstOrDefault(steps => steps is not null) };
    }

    /// <summary>A line about what <see cref="Facts"/> and <see cref="KindOf"/> take for granted; null if nothing is.</summary>
    public Notice? Doubt()
    {
        var known = Facts();
        string? line = known.Motion is null ? Unknown(known)
            : known.Evidence == CheckpointEvidence.Tensors ? Contradiction(known)
            : known.Evidence == CheckpointEvidence.Path && Told().First().Name is { IsVague: true } vague
                ? $"only a folder named {InputText.Name(vague.Word)} tells the kind of these motion modules: sampled as AnimateDiff"
            : null;
        return line is null ? null : new(NoticeCode.Assumed, $"{path}: {line}; say --motion-kind ({string.Join(", ", MotionKind.Words)})");
    }

    private static string Unknown(CheckpointFacts known)
    {
        string what = known.Family == CheckpointFamily.AnimateDiffLightning
            ? "AnimateDiff-Lightning, and no name tells of how many steps"
            : "neither names nor content tell the kind of these motion modules";
        return $"{what}: sampled as AnimateDiff-Lightning in 8 steps";
    }

    private string? Contradiction(CheckpointFacts known)
    {
        if (Told().FirstOrDefault().Name is not { IsVague: false } name || name.Family == known.Family) return null;
        string content = known.Family == CheckpointFamily.AnimateLcm ? "no tables of positions, as AnimateLCM" : "no middle block";
        return $"named like {KindOf(known with { Family = name.Family, Steps = name.Steps }).Profile.Name}, "
            + $"with {content}: sampled as {known.Motion!.Profile.Name}";
    }

    private CheckpointFacts Known()
    {
        if (said is not null) return tensors.With(said, CheckpointEvidence.User);
        if (config?.Text(ConfigKey) is { } word) return tensors.With(MotionKind.Parse(word), CheckpointEvidence.Config);
        if (tensors.Family != CheckpointFamily.Unknown) return tensors;
        return Told().FirstOrDefault() is { Name: { } name, Evidence: var evidence }
            ? tensors.With(name.Family, name.Steps, evidence)
            : tensors;
    }

    /// <summary>What names tell, the more reliable first.</summary>
    private IEnumerable<(CheckpointEvidence Evidence, MotionName Name)> Told()
    {
        (CheckpointEvidence Evidence, IEnumerable<string> Names)[] sources =
        [
            (CheckpointEvidence.Metadata, MetadataNames.Select(key => metadata?.GetValueOrDefault(key)).OfType<string>()),
            (CheckpointEvidence.Path, MotionNames.Of(path)),
            (CheckpointEvidence.Config, config?.Text(ConfigOrigin)?.Split('/', '\\').Reverse() ?? []),
        ];
        foreach (var (evidence, names) in sources)
        {
            if (MotionNames.Find(names) is { } name) yield return (evidence, name);
        }
    }
}
