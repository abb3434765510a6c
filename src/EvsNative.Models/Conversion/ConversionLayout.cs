namespace EvsNative.Models;

/// <summary>Whose names the tensors of converted weights have.</summary>
public enum ConversionLayout
{
    /// <summary>Those that they had.</summary>
    Keep,

    /// <summary>diffusers': a folder with a folder for each network.</summary>
    Diffusers,

    /// <summary>The original Stable Diffusion's: one file for U-Net, autoencoder and text encoder.</summary>
    Original,
}
