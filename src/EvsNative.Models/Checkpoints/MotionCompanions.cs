using System.Text.RegularExpressions;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>LoRAs of the image model that motion modules were trained beside: they go with them, and are files of their own.</summary>
internal static partial class MotionCompanions
{
    private const RegexOptions Words = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>A line if motion modules go with a LoRA and none of those given is it by the names of its file and folders.</summary>
    /// <param name="motion">what the modules are</param>
    /// <param name="origin">their file, for the line</param>
    /// <param name="loras">what was given</param>
    public static Notice? Missing(CheckpointFacts motion, string origin, IReadOnlyList<LoraChoice> loras)
    {
        var (line, name) = motion switch
        {
            { Family: CheckpointFamily.AnimateLcm } => (
                "AnimateLCM goes with its LoRA (AnimateLCM_sd15_t2v_lora), unless the image model was distilled in the same way: "
                + "give it with --lora", LcmName()),
            { Family: CheckpointFamily.AnimateDiff, Version: 3 } => (
                "AnimateDiff v3 goes with a LoRA, its domain adapter (v3_sd15_adapter): give it with --lora, or do without it",
                DomainAdapterName()),
            _ => ("", null),
        };
        if (name is null || loras.Any(lora => MotionNames.Of(lora.Path).Any(word => name.IsMatch(word)))) return null;
        return new(NoticeCode.GoesWith, $"{origin}: {line}");
    }

    [GeneratedRegex("(?<![a-z])(animate[-_ ]?)?lcm(?![a-z])", Words)]
    private static partial Regex LcmName();

    [GeneratedRegex("v3.*adapter|adapter.*v3|domain[-_ ]?adapter", Words)]
    private static partial Regex DomainAdapterName();
}
