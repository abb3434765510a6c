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

    /// <summary>A transformer that stands in place of the U-Net, alone.</summary>
    Transformer,

    /// <summary>An autoencoder.</summary>
    Vae,

    /// <summary>A small approximation of an autoencoder: TAESD.</summary>
    TinyVae,

    /// <summary>A decoder that samples: OpenAI's consistency decoder.</summary>
    ConsistencyDecoder,

    /// <summary>A text encoder.</summary>
    TextEncoder,

    /// <summary>CLIP's picture half.</summary>
    ImageEncoder,

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

    /// <summary>A small network that guides a U-Net by a picture's features.</summary>
    T2IAdapter,

    /// <summary>Attention to a picture beside the text.</summary>
    IpAdapter,

    /// <summary>Attention to boxes with words: GLIGEN's layers alone.</summary>
    Gligen,

    /// <summary>New words for a text encoder.</summary>
    TextualInversion,

    /// <summary>Networks in front of a U-Net's keys and values.</summary>
    Hypernetwork,

    /// <summary>A network that makes pictures larger: ESRGAN and its kin.</summary>
    Upscaler,

    /// <summary>A network that gives a picture a mark for its looks.</summary>
    AestheticScorer,

    /// <summary>A network that gives a video a mark for its quality: DOVER and its kin.</summary>
    VideoScorer,

    /// <summary>A network that makes the frame between two: AMT.</summary>
    FrameInterpolator,

    /// <summary>A vision transformer without a task: DINO's.</summary>
    VisionTransformer,

    /// <summary>SigLIP, its picture half with or without its text half.</summary>
    Siglip,

    /// <summary>A network that looks for what must not be shown.</summary>
    SafetyChecker,
}
