using EvsNative.Models;

namespace EvsNative.Pipelines.Scores;

/// <summary>Sizes of the judges' networks: the published ones, or small ones for tests.</summary>
internal sealed record JudgeConfigs
{
    /// <summary>The published ones.</summary>
    public static JudgeConfigs Published { get; } = new();

    /// <summary>Of the network that makes frames between frames.</summary>
    public AmtConfig Amt { get; init; } = AmtConfig.AmtS;

    /// <summary>Of the network behind subject consistency.</summary>
    public VisionTransformerConfig Dino { get; init; } = VisionTransformerConfig.B16;

    /// <summary>Of DOVER.</summary>
    public DoverConfig Dover { get; init; } = DoverConfig.Published;

    /// <summary>Of the network behind the aesthetic score.</summary>
    public SiglipConfig Siglip { get; init; } = SiglipConfig.So400m;
}
