namespace EvsNative.Layers;

/// <summary>How a checkpoint calls the parts of an <see cref="EncoderLayer"/>; its two linear layers are <c>mlp.fc1</c> and 2.</summary>
/// <param name="Norm1">the norm before the attention</param>
/// <param name="Attention">the attention's folder</param>
/// <param name="Projections">what is in it</param>
/// <param name="Norm2">the norm before the linear layers</param>
public sealed record EncoderLayerNames(string Norm1, string Attention, ProjectionNames Projections, string Norm2)
{
    /// <summary>As timm has them: DINO.</summary>
    public static EncoderLayerNames Timm { get; } = new("norm1", "attn", ProjectionNames.Timm, "norm2");

    /// <summary>As transformers has them: CLIP, SigLIP.</summary>
    public static EncoderLayerNames Clip { get; } = new("layer_norm1", "self_attn", ProjectionNames.Clip, "layer_norm2");
}
