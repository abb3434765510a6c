using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// An image enlarged by two, then a 3x3 convolution: pixel (2 i + a, 2 j + b) of the result is a 2x2 convolution of the small image around
/// (i, j), in which taps that meet the same pixel are one. That is 4 of 9 products, for four filters, one for each phase (a, b).
/// </summary>
internal readonly struct PhaseForm : IProductForm
{
    /// <summary>How many there are.</summary>
    public const int Phases = 4;

    /// <summary>Taps of a phase in either direction.</summary>
    public const int Kernel = 2;

    public static bool IsConvolution => true;
    public static bool IsGated => false;
    public static bool IsSplit => false;
    public static bool HasPhases => true;
    public static bool HasActivation => false;

    /// <summary>The row of the result that a row of a phase is, inside kernels; the row itself in other forms.</summary>
    public static long Row<TForm>(ProductArgsTensor args, int row) where TForm : struct, IProductForm
    {
        if (!TForm.HasPhases) return row;
        int line = row / args.OutWidth, right = row - (line * args.OutWidth);
        return ((((2L * line) + args.PhaseDown) * 2) * args.OutWidth) + (2 * right) + args.PhaseRight;
    }

    /// <summary>The image of a row.</summary>
    public static int Image<TForm>(ProductArgsTensor args, int row) where TForm : struct, IProductForm =>
        row / (TForm.HasPhases ? args.OutHeight * args.OutWidth : args.Epilogue.ImageRows);

    /// <summary>The run of 64 rows that a run of a phase is: those of an image's phases follow one another.</summary>
    public static int Run<TForm>(ProductArgsTensor args, int firstRow) where TForm : struct, IProductForm
    {
        int run = firstRow / ChannelMoments.Run;
        if (!TForm.HasPhases) return run;
        int runs = args.OutHeight * args.OutWidth / ChannelMoments.Run, image = run / runs, phase = (2 * args.PhaseDown) + args.PhaseRight;
        return (((image * Phases) + phase) * runs) + (run - (image * runs));
    }
}
