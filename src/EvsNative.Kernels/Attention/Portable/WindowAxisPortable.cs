using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>A <see cref="WindowAxis"/> in a kernel: numbers that a thread computes once.</summary>
internal struct WindowAxisPortable
{
    public int Extent, Whole, Window, Shift, Count, Padded;

    /// <param name="extent">see <see cref="WindowAxis.Extent"/></param>
    /// <param name="whole">see <see cref="WindowAxis.Whole"/></param>
    /// <param name="shift">see <see cref="WindowAxis.Shift"/></param>
    public static WindowAxisPortable Of(int extent, int whole, int shift)
    {
        int window = IntrinsicMath.Min(extent, whole), count = (extent + window - 1) / window;
        return new WindowAxisPortable
        {
            Extent = extent,
            Whole = whole,
            Window = window,
            Shift = shift,
            Count = count,
            Padded = count * window,
        };
    }

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
