namespace EvsNative.Kernels;

/// <summary>
/// The size of a product's or a convolution's weights. The values arrive in the checkpoint's order, [Out, In, Kernel, Kernel];
/// Kernel is 1 for linear layers.
/// </summary>
/// <param name="Out">output channels of all sections together</param>
/// <param name="In">input channels, both inputs together where a convolution reads two</param>
/// <param name="Kernel">1 or 3</param>
/// <param name="Sections">equal parts of Out that are written to tensors of their own (3 for q, k, v)</param>
/// <param name="IsGated">the first half of Out holds values, the second half gates (GEGLU); the result has Out / 2 channels</param>
/// <param name="IsEnlarging">its convolutions read inputs enlarged by two, so that devices may keep what spares them work then</param>
public readonly record struct FilterShape(int Out, int In, int Kernel = 1, int Sections = 1, bool IsGated = false, bool IsEnlarging = false)
{
    /// <summary>Numbers in all.</summary>
    public long Count => (long)Out * In * Kernel * Kernel;

    /// <summary>Products summed into one output.</summary>
    public int Depth => In * Kernel * Kernel;

    /// <summary>[Out,In,Kernel,Kernel]</summary>
    public override string ToString() => $"[{Out},{In},{Kernel},{Kernel}]";
}

/// <summary>Weights packed once, in the layout that the backend's kernels read.</summary>
public sealed class Filter
{
    internal Filter(FilterShape shape, WeightStorage storage, FilterLayout layout, DeviceBuffer buffer) =>
        (Shape, Storage, Layout, Buffer) = (shape, storage, layout, buffer);

    /// <summary>The size the weights had before packing.</summary>
    public FilterShape Shape { get; }

    /// <summary>How the numbers are kept.</summary>
    public WeightStorage Storage { get; }

    /// <summary>How the numbers lie.</summary>
    public FilterLayout Layout { get; }

    internal DeviceBuffer Buffer { get; }

    /// <summary>Whoever reads the weights says how.</summary>
    /// <param name="layout">of its own</param>
    /// <param name="other">what it reads as well, if anything</param>
    /// <exception cref="InvalidOperationException">they are packed for others</exception>
    internal void Demand(FilterLayout layout, FilterLayout? other = null)
    {
        if (Layout == layout || Layout == other) return;
        string also = other is { } second ? $" or {second}" : "";
        throw new InvalidOperationException($"filter {Shape}: packed as {Layout}, read as {layout}{also}");
    }
}
