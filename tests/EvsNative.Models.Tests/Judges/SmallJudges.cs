namespace EvsNative.Models.Tests.Judges;

/// <summary>The small sizes of the goldens (tests/reference/metrics_golden.py).</summary>
internal static class SmallJudges
{
    public static VisionTransformerConfig Dino { get; } = new(Dim: 32, Depth: 3, Heads: 4, Patch: 16, Grid: 14);

    public static SiglipConfig Siglip { get; } =
        new(Dim: 144, Depth: 3, Heads: 2, Inner: 200, Patch: 14, Image: 104, Head: [32, 16, 8, 4]);
}
