namespace EvsNative.Kernels;

/// <summary>Which patches are cut out of images: where they lie and how much each holds.</summary>
/// <param name="KernelH">rows of a patch</param>
/// <param name="KernelW">columns of a patch</param>
/// <param name="Stride">pixels from one patch to the next, in both directions</param>
/// <param name="Padding">pixels of zeros on every side</param>
/// <param name="Frames">images that a patch goes through; the next patch begins behind them</param>
/// <param name="RoundsUp">
/// the last patch of a row, of a column and of the images may reach behind the end, into zeros; else it is left out, and images divide into
/// frames
/// </param>
public readonly record struct PatchGeometry(
    int KernelH, int KernelW, int Stride, int Padding = 0, int Frames = 1, bool RoundsUp = false)
{
    /// <summary>The shape of the patches of x: a pixel for each, with channels in the order frame, row, column, channel.</summary>
    public Shape Of(Shape x) => new(
        Count(x.N - Frames, Frames), Count(x.H + (2 * Padding) - KernelH, Stride), Count(x.W + (2 * Padding) - KernelW, Stride),
        checked(Frames * KernelH * KernelW * x.C));

    // Of what is left behind the first one; none if that does not fit.
    private int Count(int rest, int stride)
    {
        if (RoundsUp) rest += stride - 1;
        return rest < 0 ? 0 : (rest / stride) + 1;
    }
}
