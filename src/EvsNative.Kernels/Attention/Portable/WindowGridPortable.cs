namespace EvsNative.Kernels.Attention;

/// <summary>A <see cref="WindowGrid"/> in a kernel. Its numbers are arguments, which take no registers while nobody needs them.</summary>
internal struct WindowGridPortable
{
    public WindowAxisPortable D, H, W;

    public static WindowGridPortable Of(WindowArgsPortable args) => new()
    {
        D = new WindowAxisPortable
        {
            Extent = args.ExtentD,
            Whole = args.WholeD,
            Window = args.WindowD,
            Shift = args.ShiftD,
            Count = args.CountD,
            Padded = args.PaddedD,
        },
        H = new WindowAxisPortable
        {
            Extent = args.ExtentH,
            Whole = args.WholeH,
            Window = args.WindowH,
            Shift = args.ShiftH,
            Count = args.CountH,
            Padded = args.PaddedH,
        },
        W = new WindowAxisPortable
        {
            Extent = args.ExtentW,
            Whole = args.WholeW,
            Window = args.WindowW,
            Shift = args.ShiftW,
            Count = args.CountW,
            Padded = args.PaddedW,
        },
    };
}
