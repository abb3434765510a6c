namespace EvsNative.Kernels;

/// <summary>How clips are cut into windows, and what the tokens of a window are to one another.</summary>
/// <param name="D">along the frames of a clip</param>
/// <param name="H">along its rows</param>
/// <param name="W">along its columns</param>
internal readonly record struct WindowGrid(WindowAxis D, WindowAxis H, WindowAxis W)
{
    /// <summary>Of the windows of a tensor.</summary>
    public static WindowGrid Of(Shape shape, in WindowAttentionOptions options) => new(
        new WindowAxis(options.Frames, options.Window.D, options.Shift.D),
        new WindowAxis(shape.H, options.Window.H, options.Shift.H),
        new WindowAxis(shape.W, options.Window.W, options.Shift.W));

    /// <summary>Windows of a clip.</summary>
    public int Windows => D.Count * H.Count * W.Count;

    /// <summary>Tokens of a window, frames first.</summary>
    public int Tokens => D.Window * H.Window * W.Window;

    /// <summary>True where some tokens of windows are not there.</summary>
    public bool HasPadding => D.Padded > D.Extent || H.Padded > H.Extent || W.Padded > W.Extent;

    /// <summary>Relative places of two tokens, which is how long a table of biases is.</summary>
    public int Places => ((2 * D.Whole) - 1) * ((2 * H.Whole) - 1) * ((2 * W.Whole) - 1);

    /// <summary>The relative place of a token to itself.</summary>
    public int Own => ((((D.Whole - 1) * ((2 * H.Whole) - 1)) + H.Whole - 1) * ((2 * W.Whole) - 1)) + W.Whole - 1;

    /// <summary>A number for a token: that of a query less that of a key, and <see cref="Own"/>, is their relative place.</summary>
    public int Number(int token)
    {
        int row = token / W.Whole, frame = row / H.Whole;
        return (((frame * ((2 * H.Whole) - 1)) + row - (frame * H.Whole)) * ((2 * W.Whole) - 1)) + token - (row * W.Whole);
    }
}
