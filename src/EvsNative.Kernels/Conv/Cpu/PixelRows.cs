using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Where the pixels under a convolution's taps lie: an address in the input, in the second input, or of a row of zeros outside the image. A
/// nearest-neighbour enlargement is another address.
/// </summary>
internal unsafe struct PixelRows : IRowSource
{
    public float* X, X2, Zeros;
    public int C1, C2, Height, Width, VirtualHeight, VirtualWidth, OutHeight, OutWidth, Kernel, Stride, Pad;

    private readonly bool IsEnlarged => VirtualHeight != Height || VirtualWidth != Width;

    /// <summary>For results first .. first + count - 1 the pixels under each tap.</summary>
    public readonly void Locate(float** table, int stride, long first, int count)
    {
        int inputs = X2 == null ? 1 : 2, pixels = OutHeight * OutWidth;
        int image = (int)(first / pixels), within = (int)(first % pixels), oy = within / OutWidth, ox = within % OutWidth;
        for (int i = 0; i < count; i++)
        {
            float** to = table + i;
            for (int u = 0; u < Kernel; u++)
            {
                long row = Row(image, (oy * Stride) + u - Pad);
                for (int v = 0; v < Kernel; v++, to += inputs * stride) Point(row, (ox * Stride) + v - Pad, to, to + stride);
            }

            if (++ox < OutWidth) continue;
            ox = 0;
            if (++oy < OutHeight) continue;
            oy = 0;
            image++;
        }
    }

    /// <summary>
    /// A square of pixels whose first corner may lie outside: those of the first input row by row, behind them those of the second.
    /// </summary>
    public readonly void Window(float** table, int image, int top, int left, int side)
    {
        for (int i = 0; i < side; i++)
        {
            long row = Row(image, top + i);
            for (int j = 0; j < side; j++, table++) Point(row, left + j, table, table + (side * side));
        }
    }

    /// <summary>For results first .. first + count - 1 the numbers of the first input under all taps, [count][taps][C1].</summary>
    public readonly void Gather(float* to, long first, int count)
    {
        int pixels = OutHeight * OutWidth, length = Kernel * C1;
        int image = (int)(first / pixels), within = (int)(first % pixels), oy = within / OutWidth, ox = within % OutWidth;
        for (int i = 0; i < count; i++)
        {
            int left = (ox * Stride) - Pad;
            bool isInside = left >= 0 && left + Kernel <= Width && !IsEnlarged;
            for (int u = 0; u < Kernel; u++)
            {
                long row = Row(image, (oy * Stride) + u - Pad);
                if (isInside && row >= 0)
                {
                    Copy(X + ((row + left) * C1), to, length);
                    to += length;
                    continue;
                }

                for (int v = 0; v < Kernel; v++, to += C1)
                {
                    float* from;
                    Point(row, left + v, &from, null);
                    Copy(from, to, C1);
                }
            }

            if (++ox < OutWidth) continue;
            ox = 0;
            if (++oy < OutHeight) continue;
            oy = 0;
            image++;
        }
    }

    /// <summary>Where a row of the enlarged image begins, in pixels; -1 outside.</summary>
    private readonly long Row(int image, int y)
    {
        if ((uint)y >= (uint)VirtualHeight) return -1;
        if (IsEnlarged) y = (int)((long)y * Height / VirtualHeight);
        return (((long)image * Height) + y) * Width;
    }

    /// <summary>A loop: for so few numbers calling the library takes longer.</summary>
    private static void Copy(float* from, float* to, int count)
    {
        for (nint k = 0; k < count; k++) to[k] = from[k];
    }

    private readonly void Point(long row, int x, float** to, float** to2)
    {
        bool exists = row >= 0 && (uint)x < (uint)VirtualWidth;
        if (exists && IsEnlarged) x = (int)((long)x * Width / VirtualWidth);
        *to = exists ? X + ((row + x) * C1) : Zeros;
        if (X2 != null) *to2 = exists ? X2 + ((row + x) * C2) : Zeros;
    }
}
