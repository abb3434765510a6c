using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>
/// Finds out what motion modules are, since their habits stand in none of their files: by the user's word, by a word of their
/// configuration, by their tensors, by names that the writer left in the file, by names of files and folders.
/// </summary>
internal static class MotionRecognition
{
    /// <summary>A key of config.json that says a word of <see cref="MotionKind"/>. diffusers passes over keys that begin so.</summary>
    public const string ConfigKey = "_motion_kind";

    /// <summary>Where diffusers notes what a network was loaded from before it was saved.</summary>
    private const string ConfigOrigin = "_name_or_path";

    /// <summary>Where the metadata standard of safetensors files, ModelSpec, has a model's name.</summary>
    private const string MetadataTitle = "modelspec.title";

    /// <summary>The facts of an adapter with the family and the steps that can be known.</summary>
    /// <param name="tensors">what its tensors tell</param>
    /// <param name="config">its configuration, if it has one</param>
    /// <param name="metadata">what its writer put into the file</param>
    /// <param name="path">the file of its weights</param>
    /// <param name="said">the user's word</param>
    /// <exception cref="InputException">a word in the configuration that is none</exception>
    public static CheckpointFacts Recognize(
        CheckpointFacts tensors, JsonElement? config, IReadOnlyDictionary<string, string>? metadata, string path, MotionKind? said)
    {
        if (said is not null) return tensors.With(said, CheckpointEvidence.User);
        if (config?.Text(ConfigKey) is { } word) return tensors.With(MotionKind.Parse(word), CheckpointEvidence.Config);
        if (tensors.Family != CheckpointFamily.Unknown) return tensors;

        (CheckpointEvidence Evidence, IEnumerable<string> Names)[] sources =
        [
            (CheckpointEvidence.Metadata, metadata?.GetValueOrDefault(MetadataTitle) is { } title ? [title] : []),
            (CheckpointEvidence.Path, MotionNames.Of(path)),
            (CheckpointEvidence.Config, config?.Text(ConfigOrigin)?.Split('/', '\\').Reverse() ?? []),
        ];
        foreach (var (evidence, names) in sources)
        {
            if (MotionNames.Find(names) is var (family, steps)) return tensors.With(family, steps, evidence);
        }

        return tensors;
    }

    /// <summary>How to sample an adapter: as it is known, or as Lightning in 8 steps, the method's own choice.</summary>
    public static MotionKind KindOf(CheckpointFacts adapter) => adapter.Motion ?? MotionKind.Lightning();

    /// <summary>A line about what <see cref="KindOf"/> assumes; null if it knows.</summary>
    public static string? Assumption(CheckpointFacts adapter, string origin)
    {
        if (adapter.Motion is not null) return null;
        string unknown = adapter.Family == CheckpointFamily.AnimateDiffLightning
            ? "AnimateDiff-Lightning, and no name tells of how many steps"
            : "neither names nor content tell the kind of these motion modules";
        string words = string.Join(", ", MotionKind.Words);
        return $"{origin}: {unknown}: sampled as AnimateDiff-Lightning in 8 steps; say --motion-kind ({words})";
    }
}
