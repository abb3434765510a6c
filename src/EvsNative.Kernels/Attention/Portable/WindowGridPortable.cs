namespace EvsNative.Kernels.Attention;

/// <summary>A <see cref="WindowGrid"/> in a kernel.</summary>
internal struct WindowGridPortable
{
    public WindowAxisPortable D, H, W;

    public static WindowGridPortable Of(WindowArgsPortable args) => new()
    {
        D = WindowAxisPortable.Of(args.Frames, args.WholeD, args.ShiftD),
        H = WindowAxisPortable.Of(args.Height, args.WholeH, args.ShiftH),
        W = WindowAxisPortable.Of(args.Width, args.WholeW, args.ShiftW),
    };
}
