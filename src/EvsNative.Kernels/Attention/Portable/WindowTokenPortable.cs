using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>What a thread knows of a token of a window.</summary>
internal struct WindowTokenPortable
{
    /// <summary>Where it is, rows counted through all images; -1 where it is padding.</summary>
    public long Row;

    /// <summary>See <see cref="WindowGrid.Number"/>.</summary>
    public int Number;

    /// <summary>Row and column of its fragment in 16 bits each.</summary>
    public int Fragments;

    /// <summary>Tokens see those of their own region alone.</summary>
    public int Region;

    /// <param name="args">of the launch</param>
    /// <param name="window">windows counted through all clips</param>
    /// <param name="token">of the window</param>
    public static WindowTokenPortable Of(WindowArgsPortable args, int window, int token)
    {
        int line = token / args.W.Window, frame = line / args.H.Window;
        int band = window / args.W.Count, layer = band / args.H.Count, clip = layer / args.D.Count;
        int w = ((window - (band * args.W.Count)) * args.W.Window) + token - (line * args.W.Window);
        int h = ((band - (layer * args.H.Count)) * args.H.Window) + line - (frame * args.H.Window);
        int d = ((layer - (clip * args.D.Count)) * args.D.Window) + frame;
        int column = WindowAxisPortable.Source(args.W, w), row = WindowAxisPortable.Source(args.H, h);
        int source = WindowAxisPortable.Source(args.D, d);
        bool isThere = source < args.D.Extent & row < args.H.Extent & column < args.W.Extent;
        long at = ((((long)clip * args.D.Extent) + source) * args.H.Extent + row) * args.W.Extent + column;

        int wholeLine = token / args.W.Whole, wholeFrame = wholeLine / args.H.Whole;
        int number = (wholeFrame * ((2 * args.H.Whole) - 1)) + wholeLine - (wholeFrame * args.H.Whole);
        return new WindowTokenPortable
        {
            Row = isThere ? at : -1,
            Number = (number * ((2 * args.W.Whole) - 1)) + token - (wholeLine * args.W.Whole),
            Fragments = (row * args.H.Window / args.H.Padded << 16) + (column * args.W.Window / args.W.Padded),
            Region = (9 * WindowAxisPortable.Region(args.D, d)) + (3 * WindowAxisPortable.Region(args.H, h))
                + WindowAxisPortable.Region(args.W, w),
        };
    }

    /// <summary>How many fragments two tokens are apart, down and across.</summary>
    public static int Distance(int a, int b) =>
        IntrinsicMath.Abs((a >> 16) - (b >> 16)) + IntrinsicMath.Abs((a & 0xffff) - (b & 0xffff));
}
