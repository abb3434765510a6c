namespace EvsNative.Kernels;

/// <summary>
/// Mean and squared deviations of each channel over runs of an image's pixels: what a product can leave of its result at little cost, while
/// it holds it, and a group norm then need not read the result for; of any other tensor <see cref="ChannelMomentsCall"/> leaves them. A
/// tensor of them is float32, [N, pixels / 64, 2, C]: for each run first the means, then the sums of squared deviations from them.
/// </summary>
public static class ChannelMoments
{
    /// <summary>Pixels of a run.</summary>
    public const int Run = 64;

    /// <summary>The shape of the moments of a tensor; null if its images do not divide into runs.</summary>
    public static Shape? ShapeOf(Shape y) => y.Pixels % Run == 0 ? new Shape(y.N, y.Pixels / Run, 2, y.C) : null;
}
