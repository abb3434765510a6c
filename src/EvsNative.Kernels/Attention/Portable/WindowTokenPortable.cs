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

    /// <param name="grid">all windows</param>
    /// <param name="window">windows counted through all clips</param>
    /// <param name="token">of the window</param>
    public static WindowTokenPortable Of(WindowGridPortable grid, int window, int token)
    {
        int line = token / grid.W.Window, frame = line / grid.H.Window;
        int band = window / grid.W.Count, layer = band / grid.H.Count, clip = layer / grid.D.Count;
        int w = ((window - (band * grid.W.Count)) * grid.W.Window) + token - (line * grid.W.Window);
        int h = ((band - (layer * grid.H.Count)) * grid.H.Window) + line - (frame * grid.H.Window);
        int d = ((layer - (clip * grid.D.Count)) * grid.D.Window) + frame;
        int column = WindowAxisPortable.Source(grid.W, w), row = WindowAxisPortable.Source(grid.H, h);
        int source = WindowAxisPortable.Source(grid.D, d);
        bool isThere = source < grid.D.Extent & row < grid.H.Extent & column < grid.W.Extent;
        long at = ((((long)clip * grid.D.Extent) + source) * grid.H.Extent + row) * grid.W.Extent + column;

        int wholeLine = token / grid.W.Whole, wholeFrame = wholeLine / grid.H.Whole;
        int number = (wholeFrame * ((2 * grid.H.Whole) - 1)) + wholeLine - (wholeFrame * grid.H.Whole);
        return new WindowTokenPortable
        {
            Row = isThere ? at : -1,
            Number = (number * ((2 * grid.W.Whole) - 1)) + token - (wholeLine * grid.W.Whole),
            Fragments = (row * grid.H.Window / grid.H.Padded << 16) + (column * grid.W.Window / grid.W.Padded),
            Region = (9 * WindowAxisPortable.Region(grid.D, d)) + (3 * WindowAxisPortable.Region(grid.H, h))
                + WindowAxisPortable.Region(grid.W, w),
        };
    }

    /// <summary>How many fragments two tokens are apart, down and across.</summary>
    public static int Distance(int a, int b) =>
        IntrinsicMath.Abs((a >> 16) - (b >> 16)) + IntrinsicMath.Abs((a & 0xffff) - (b & 0xffff));
}
