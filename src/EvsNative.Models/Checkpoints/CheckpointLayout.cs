namespace EvsNative.Models;

/// <summary>Whose names the tensors have.</summary>
internal enum CheckpointLayout
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>diffusers and transformers: a folder for each network.</summary>
    Diffusers,

    /// <summary>The original Stable Diffusion: one file for all networks.</summary>
    SingleFile,

    /// <summary>The original AnimateDiff.</summary>
    AnimateDiffOriginal,
}
