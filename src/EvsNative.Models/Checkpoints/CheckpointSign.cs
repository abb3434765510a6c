namespace EvsNative.Models;

/// <summary>What tells a kind of files: names that it has and no other kind.</summary>
/// <param name="Kind">what such a file holds</param>
/// <param name="Shows">whether a file has these names</param>
internal sealed record CheckpointSign(CheckpointKind Kind, Func<CheckpointNames, bool> Shows)
{
    /// <summary>The family, if the names tell it.</summary>
    public CheckpointFamily Family { get; init; }

    /// <summary>The name of what has no family here.</summary>
    public string Title { get; init; } = "";

    /// <summary>Whose names they are.</summary>
    public CheckpointLayout Layout { get; init; }

    /// <summary>What such a file is.</summary>
    public CheckpointFacts Facts => new(Kind) { Family = Family, Title = Title, Layout = Layout };
}
