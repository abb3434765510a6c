using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Compare;

/// <summary>One setting of a comparison: what is chosen over all that the clips have in common.</summary>
/// <param name="Name">such as "T2I" or "gamma 0.5, sfi full"; no two variants of a comparison have one name</param>
/// <param name="Label">in the table of its group, which says what is held, such as "gamma 0.5"</param>
/// <param name="Point">in a plot, such as "0.5"</param>
/// <param name="Choices">what is chosen</param>
public sealed record CompareVariant(string Name, string Label, string Point, Choices Choices)
{
    /// <summary>The composition, where the variant is one and nothing else.</summary>
    public EvsMode? Mode { get; init; }
}
