namespace EvsNative.Kernels.Attention;

/// <summary>A <see cref="WindowAxis"/> in a kernel.</summary>
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
}
