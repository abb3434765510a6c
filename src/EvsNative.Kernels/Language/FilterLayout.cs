namespace EvsNative.Kernels;

/// <summary>How a filter's weights are packed: what a family of kernels calls its own, and whatever else reading them depends on.</summary>
/// <param name="Name">of the family's layout, in words for errors</param>
/// <param name="Lane">columns that belong together, such as a vector's; 0 where nothing depends on it</param>
public readonly record struct FilterLayout(string Name, int Lane = 0)
{
    /// <summary>The name, and the lane where there is one.</summary>
    public override string ToString() => Lane > 0 ? $"{Name} of {Lane}" : Name;
}
