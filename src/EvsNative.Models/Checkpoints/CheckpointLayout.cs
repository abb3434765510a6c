namespace EvsNative.Models;

/// <summary>Whose names the tensors have.</summary>
internal enum CheckpointLayout
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>diffusers and transformers: a folder for each network.</summary>
    Diffusers,

    /// <summary>diffusers' and transformers' names behind a prefix for each network, in one file.</summary>
    DiffusersInOneFile,

    /// <summary>The original Stable Diffusion: one file for all networks.</summary>
    SingleFile,

    /// <summary>Copies that a training of the original Stable Diffusion averages: its names without dots.</summary>
    Averages,

    /// <summary>The original AnimateDiff.</summary>
    AnimateDiffOriginal,
}
