namespace EvsNative.Models;

/// <summary>The sizes of SigLIP's picture half and of the aesthetic head on it.</summary>
/// <param name="Dim">channels</param>
/// <param name="Depth">layers</param>
/// <param name="Heads">attention heads, of the layers and of the pooling</param>
/// <param name="Inner">channels inside each layer's two linear layers</param>
/// <param name="Patch">pixels along a side of a patch</param>
/// <param name="Image">pixels along a side of a picture; what fills no patch is not seen</param>
/// <param name="Head">channels between the linear layers of the aesthetic head</param>
public sealed record SiglipConfig(int Dim, int Depth, int Heads, int Inner, int Patch, int Image, IReadOnlyList<int> Head)
{
    /// <summary>SigLIP so400m/14 for 384 pixels, with the head of Aesthetic Predictor V2.5.</summary>
    public static SiglipConfig So400m { get; } =
        new(Dim: 1152, Depth: 27, Heads: 16, Inner: 4304, Patch: 14, Image: 384, Head: [1024, 128, 64, 16]);

    /// <summary>Patches along a side.</summary>
    public int Grid => Image / Patch;
}
