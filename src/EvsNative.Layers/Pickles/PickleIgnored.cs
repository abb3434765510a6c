namespace EvsNative.Layers.Pickles;

/// <summary>A value that is known to be no tensor and is not looked at: a NumPy number, a set.</summary>
internal sealed class PickleIgnored
{
    /// <summary>All of them are alike.</summary>
    public static readonly PickleIgnored Value = new();

    private PickleIgnored()
    {
    }
}
