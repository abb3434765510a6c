namespace EvsNative.Models;

/// <summary>The sizes of a vision transformer with a class token.</summary>
/// <param name="Dim">channels</param>
/// <param name="Depth">blocks</param>
/// <param name="Heads">attention heads</param>
/// <param name="Patch">pixels along a side of a patch</param>
/// <param name="Grid">patches along a side of the pictures that the stored positions are for</param>
public sealed record VisionTransformerConfig(int Dim, int Depth, int Heads, int Patch, int Grid)
{
    /// <summary>ViT-B/16 as DINO trained it: 85 798 656 parameters.</summary>
    public static VisionTransformerConfig B16 { get; } = new(Dim: 768, Depth: 12, Heads: 12, Patch: 16, Grid: 14);
}
