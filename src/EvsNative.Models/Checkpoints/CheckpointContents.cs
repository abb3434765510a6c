namespace EvsNative.Models;

/// <summary>The networks of an image model that lie in a file.</summary>
[Flags]
internal enum CheckpointContents
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The denoiser.</summary>
    UNet = 1,

    /// <summary>The autoencoder.</summary>
    Vae = 2,

    /// <summary>CLIP's text half.</summary>
    TextEncoder = 4,
}
