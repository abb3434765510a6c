namespace EvsNative.Models;

/// <summary>How it is known what a checkpoint is.</summary>
internal enum CheckpointEvidence
{
    /// <summary>By the names and shapes of its tensors.</summary>
    Tensors,

    /// <summary>By what its writer put into the file's metadata.</summary>
    Metadata,

    /// <summary>By a configuration beside it.</summary>
    Config,

    /// <summary>By the name of the file or of a folder that it lies in.</summary>
    Path,

    /// <summary>By the word of the user.</summary>
    User,
}
