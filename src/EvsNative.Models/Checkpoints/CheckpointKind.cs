namespace EvsNative.Models;

/// <summary>What files of weights hold.</summary>
internal enum CheckpointKind
{
    /// <summary>Tensors of no kind known here.</summary>
    Unknown,

    /// <summary>No tensors.</summary>
    Empty,

    /// <summary>A whole model: denoiser, autoencoder and text encoder.</summary>
    Checkpoint,

    /// <summary>A denoiser alone.</summary>
    UNet,

    /// <summary>An autoencoder.</summary>
    Vae,

    /// <summary>A text encoder.</summary>
    TextEncoder,

    /// <summary>AnimateDiff's layers, to be put into a U-Net.</summary>
    MotionAdapter,

    /// <summary>A U-Net with motion modules inside.</summary>
    VideoUNet,

    /// <summary>A low-rank change of motion modules.</summary>
    MotionLora,

    /// <summary>A low-rank change of an image model.</summary>
    Lora,

    /// <summary>A change of an image model in one of LyCORIS' forms.</summary>
    Lycoris,

    /// <summary>A network that guides a U-Net by a picture.</summary>
    ControlNet,

    /// <summary>New words for a text encoder.</summary>
    TextualInversion,
}
