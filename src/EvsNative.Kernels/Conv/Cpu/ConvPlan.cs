namespace EvsNative.Kernels.Conv;

/// <summary>How the CPU backend does a convolution.</summary>
internal enum ConvMethod
{
    /// <summary>One product over all taps, rows by pointer.</summary>
    Direct,

    /// <summary>36 products over transformed tiles: a quarter of the multiplications.</summary>
    Winograd,
}

/// <summary>
/// Which method is the faster, by counting; a pure function of shapes. The number of images is not asked: a frame's numbers must not depend
/// on how many are worked on at a time.
/// </summary>
internal static class ConvPlan
{
    /// <summary>Results of a Winograd tile in each direction.</summary>
    private const int Side = 4;

    // Multiply-adds that the transform of one filter is worth, for each vector of its weights.
    private const double FilterTransform = 500;

    // What 36 short products lose against a long one, and the transforms of inputs and results.
    private const double Loss = 1.25;

    private const int FewestChannels = 64;

    // Frames that are usually seen together: what they share a filter's transform for.
    private const int UsualImages = 8;

    /// <param name="filter">weights</param>
    /// <param name="geometry">how they walk</param>
    /// <param name="y">shape of the result</param>
    /// <param name="channels">of the first input</param>
    /// <param name="channels2">of the second, or 0</param>
    /// <param name="lane">numbers in a vector</param>
    public static ConvMethod Choose(FilterShape filter, in ConvGeometry geometry, Shape y, int channels, int channels2, int lane)
    {
        bool fits = filter.Kernel == 3 && geometry is { Stride: 1, Padding: ConvPadding.Same }
            && channels % lane == 0 && channels2 % lane == 0 && filter.In >= FewestChannels && filter.Out >= FewestChannels;
        if (!fits) return ConvMethod.Direct;
        double tiles = (double)UsualImages * ((y.H + Side - 1) / Side) * ((y.W + Side - 1) / Side),
            chunks = Math.Ceiling(tiles / WinogradTiles.PerItem);
        double winograd = (36 * tiles * Loss) + (FilterTransform * chunks), direct = 9.0 * UsualImages * y.Pixels;
        return winograd < direct ? ConvMethod.Winograd : ConvMethod.Direct;
    }
}
