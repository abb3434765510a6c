namespace EvsNative.Models;

/// <summary>Image models that differ from the plain one: in what they take, what they predict, how they are stored.</summary>
internal enum CheckpointVariant
{
    /// <summary>The plain model.</summary>
    None,

    /// <summary>Takes a mask and a picture to fill: 9 channels.</summary>
    Inpainting,

    /// <summary>Takes a picture to change: 8 channels.</summary>
    InstructPix2Pix,

    /// <summary>Takes a map of depths: 5 channels.</summary>
    Depth,

    /// <summary>Takes a small picture to make larger: 7 channels.</summary>
    Upscaling,

    /// <summary>Takes any other number of channels.</summary>
    OtherInput,

    /// <summary>Predicts velocity in place of noise.</summary>
    VPrediction,

    /// <summary>Distilled for few steps, with the scale of the guidance as an input: LCM.</summary>
    Distilled,

    /// <summary>Takes boxes with words: GLIGEN.</summary>
    Gligen,

    /// <summary>Takes a picture and the way that a camera goes: Zero123.</summary>
    Zero123,

    /// <summary>Takes a picture in place of the text.</summary>
    ImageVariation,

    /// <summary>A smaller network, taught by the plain one: layers of it are missing.</summary>
    Shrunk,

    /// <summary>Stored in blocks of few bits each by another program.</summary>
    Quantized,
}
