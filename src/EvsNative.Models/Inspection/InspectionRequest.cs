namespace EvsNative.Models;

/// <summary>What is to be looked at, and how closely.</summary>
/// <param name="Path">a file, a folder, or a name in a hub's cache</param>
public sealed record InspectionRequest(string Path)
{
    /// <summary>Files of at most so many bytes are hashed without being asked for: a fraction of a second.</summary>
    public const long HashedBytes = 200_000_000;

    /// <summary>List the tensors.</summary>
    public bool ListsTensors { get; init; }

    /// <summary>List only tensors whose names hold this, in small letters or large.</summary>
    public string? Match { get; init; }

    /// <summary>Hash whole files, however large.</summary>
    public bool Hashes { get; init; }
}
