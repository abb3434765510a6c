namespace EvsNative.Kernels.Conv;

/// <summary>How the CPU backend does a convolution.</summary>
internal enum ConvMethod
{
    /// <summary>One product over all taps, rows by pointer.</summary>
    Direct,

    /// <summary>36 products over transformed tiles: a quarter of the multiplications.</summary>
    Winograd,

    /// <summary>One product over gathered patches: few input channels.</summary>
    Patches,

    /// <summary>Dot products along the input channels: few output channels.</summary>
    Dots,
}

/// <summary>
/// Which method is the fastest, by counting; a pure function of shapes. The number of images is not asked: a frame's numbers must not
/// depend on how many are worked on at a time. What is counted are steps of a product's tile, 6 rows times a vector, for each vector of
/// weights of a tap; what the rest costs in such steps is read off the table of <c>bench convolutions</c>.
/// </summary>
internal static class ConvPlan
{
    /// <summary>Results of a Winograd tile in each direction.</summary>
    private const int Side = 4;

    private const int TileRows = 6, Taps = 9, Products = 36;

    // The transform of a filter, in steps for each lane: 36 stores into the second cache and 9 loads from memory, bound by bytes.
    private const double FilterTransform = 4.5;

    // What 36 short products lose against a long one, and the transforms of inputs and results.
    private const double Loss = 1.25;

    // A product of fewer channels is too short for its transforms.
    private const int FewestChannels = 64;

    // Frames that are usually seen together: what they share a filter's transform for.
    private const int UsualImages = 8;

    // Longer stretches than these need not be gathered.
    private const int MostGathered = 4;

    /// <param name="filter">weights</param>
    /// <param name="geometry">how they walk</param>
    /// <param name="y">shape of the result</param>
    /// <param name="channels">of the first input</param>
    /// <param name="channels2">of the second, or 0</param>
    /// <param name="lane">numbers in a vector</param>
    public static ConvMethod Choose(FilterShape filter, in ConvGeometry geometry, Shape y, int channels, int channels2, int lane)
    {
        bool isWhole = channels % lane == 0 && channels2 % lane == 0;
        if (isWhole && 2 * filter.Out <= lane) return ConvMethod.Dots;
        if (filter.Kernel > 1 && channels <= MostGathered && channels2 == 0) return ConvMethod.Patches;
        bool fits = filter.Kernel == 3 && geometry is { Stride: 1, Padding: ConvPadding.Same }
            && isWhole && filter.In >= FewestChannels && filter.Out >= FewestChannels;
        return fits && Winograd(y, UsualImages, lane) < Direct(y, UsualImages) ? ConvMethod.Winograd : ConvMethod.Direct;
    }

    /// <summary>Steps of the direct method for each vector of a filter's weights.</summary>
    /// <param name="y">shape of a result</param>
    /// <param name="images">how many of them, whatever the shape says</param>
    public static double Direct(Shape y, int images) => Taps * Tiles((double)images * y.Pixels);

    /// <summary>Steps by Winograd for each vector of a filter's weights.</summary>
    /// <param name="y">shape of a result</param>
    /// <param name="images">how many of them, whatever the shape says</param>
    /// <param name="lane">numbers in a vector</param>
    public static double Winograd(Shape y, int images, int lane)
    {
        double tiles = (double)images * ((y.H + Side - 1) / Side) * ((y.W + Side - 1) / Side);
        return (Products * Tiles(tiles) * Loss) + (FilterTransform * lane * Math.Ceiling(tiles / WinogradTiles.PerItem));
    }

    private static double Tiles(double rows) => Math.Ceiling(rows / TileRows);
}
