namespace EvsNative.Models;

/// <summary>Image models that take more than latents.</summary>
internal enum CheckpointVariant
{
    /// <summary>The plain model.</summary>
    None,

    /// <summary>Takes a mask and a picture to fill: 9 channels.</summary>
    Inpainting,

    /// <summary>Takes a picture to change: 8 channels.</summary>
    InstructPix2Pix,
}
