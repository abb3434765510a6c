namespace EvsNative.Layers.Pickles;

/// <summary>A value that holds others. How deep they go is counted as it is filled.</summary>
internal abstract class PickleContainer
{
    /// <summary>Containers inside one another, this one among them.</summary>
    public int Depth { get; private set; } = 1;

    /// <summary>Counts what is put into this container.</summary>
    /// <exception cref="InputException">it goes too deep, as one that holds itself does</exception>
    protected void Hold(object? value, PickleInput input)
    {
        if (value is not PickleContainer inner) return;
        if (inner == this) throw input.Damaged("a container holds itself");
        Depth = Math.Max(Depth, inner.Depth + 1);
        if (Depth > InputLimits.PickleDepth) throw input.TooLarge($"containers nested deeper than {InputLimits.PickleDepth}");
    }
}
