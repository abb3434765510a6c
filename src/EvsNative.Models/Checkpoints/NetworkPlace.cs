namespace EvsNative.Models;

/// <summary>Where a network lies in a file.</summary>
/// <param name="Layout">whose names its tensors have behind the prefix</param>
/// <param name="Prefix">what its tensors' names begin with, the dot included</param>
internal sealed record NetworkPlace(CheckpointLayout Layout, string Prefix);
