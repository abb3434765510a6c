using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>How a checkpoint calls the parts of a layer of a vision transformer; its two linear layers are <c>mlp.fc1</c> and 2.</summary>
/// <param name="Norm1">the norm before the attention</param>
/// <param name="Attention">the attention's folder</param>
/// <param name="Projections">what is in it</param>
/// <param name="Norm2">the norm before the linear layers</param>
internal sealed record VisionLayerNames(string Norm1, string Attention, ProjectionNames Projections, string Norm2)
{
    /// <summary>DINO, as timm has them.</summary>
    public static VisionLayerNames Timm { get; } = new("norm1", "attn", ProjectionNames.Timm, "norm2");

    /// <summary>SigLIP, as transformers has them.</summary>
    public static VisionLayerNames Siglip { get; } = new("layer_norm1", "self_attn", ProjectionNames.Clip, "layer_norm2");
}
