namespace EvsNative.Models;

/// <summary>
/// What the tensors of a model are called in the original Stable Diffusion's single file, from diffusers' names. Sources: models.md 2.2,
/// 2.3, 3.4 and 4.1.
/// </summary>
internal sealed class SingleFileNames
{
    private readonly NetworkLayers _unet, _vae;

    /// <summary>The names of networks of these sizes.</summary>
    public SingleFileNames(UNetConfig unet, VaeConfig vae) => (_unet, _vae) = (
        NetworkLayers.UNet(unet.LayersPerBlock, unet.UpHasAttention),
        NetworkLayers.Vae(vae.LayersPerBlock, vae.BlockOutChannels.Count));

    /// <summary>The names of Stable Diffusion 1's networks.</summary>
    public static SingleFileNames Sd15 { get; } = new(UNetConfig.Sd15, VaeConfig.Sd15);

    /// <summary>The name in a single file of a model of Stable Diffusion 1's blocks and layers.</summary>
    public static string Of(ModelPartKind kind, string name) => Sd15.Stored(kind, name);

    /// <summary>The name in a single file; motion modules have none.</summary>
    public string Stored(ModelPartKind kind, string name)
    {
        if (kind == ModelPartKind.UNet && _unet.ToOriginal(name) is { } unet) return $"model.diffusion_model.{unet}";
        if (kind == ModelPartKind.Vae && _vae.ToOriginal(name) is { } vae) return $"first_stage_model.{vae}";
        return kind == ModelPartKind.TextEncoder
            ? $"cond_stage_model.transformer.{name}"
            : throw new ArgumentException($"single file: no name for {name}");
    }

    /// <summary>
    /// The dimensions in a single file: the autoencoder's attention is made of 1 x 1 convolutions there, of linear layers in diffusers.
    /// </summary>
    public static IReadOnlyList<long> ShapeOf(ModelPartKind kind, IReadOnlyList<long> shape) =>
        kind == ModelPartKind.Vae && shape.Count == 2 ? [.. shape, 1, 1] : shape;
}
