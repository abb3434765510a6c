namespace EvsNative.Kernels.Attention;

/// <summary>A <see cref="WindowAxis"/> in numbers that are not computed anew by every thread.</summary>
internal struct WindowAxisPortable
{
    public int Extent, Whole, Window, Shift, Count, Padded;

    /// <summary>The token at a place; one behind the extent is padding.</summary>
    public static int Source(WindowAxisPortable axis, int place)
    {
        int shifted = place + axis.Shift;
        return shifted < axis.Padded ? shifted : shifted - axis.Padded;
    }

    /// <summary>Tokens see those of their own region alone.</summary>
    public static int Region(WindowAxisPortable axis, int place)
    {
        if (axis.Shift == 0) return 0;
        return place < axis.Padded - axis.Window ? 0 : place < axis.Padded - axis.Shift ? 1 : 2;
    }

    /// <summary>As kernels are told of it.</summary>
    public static WindowAxisPortable Of(WindowAxis axis) => new()
    {
        Extent = axis.Extent,
        Whole = axis.Whole,
        Window = axis.Window,
        Shift = axis.Shift,
        Count = axis.Count,
        Padded = axis.Padded,
    };
}
