using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>Which pixels lie under a convolution's taps, inside kernels. All in pixels; -1 is outside.</summary>
internal static class ProductWindowsPortable
{
    // Stays outside of every image, whatever tap is added.
    private const int Nowhere = -1 << 24;

    /// <summary>
    /// Takes a row of the result apart: the first pixel of its image, and its window's first row and column, at 3 i of the table.
    /// </summary>
    public static void Place(ProductArgsPortable w, ArrayView<int> places, int i, int row)
    {
        int pixels = w.OutHeight * w.OutWidth, image = row / pixels, within = row - (image * pixels), y = within / w.OutWidth;
        places[3 * i] = image * w.Height * w.Width;
        places[(3 * i) + 1] = row < w.Rows ? (y * w.Stride) - w.Padding : Nowhere;
        places[(3 * i) + 2] = ((within - (y * w.OutWidth)) * w.Stride) - w.Padding;
    }

    /// <summary>The pixel under a tap.</summary>
    public static int Pixel(ProductArgsPortable w, ArrayView<int> places, int i, int down, int right)
    {
        int y = places[(3 * i) + 1] + down, x = places[(3 * i) + 2] + right;
        bool isInside = y >= 0 && y < w.VirtualHeight && x >= 0 && x < w.VirtualWidth;
        if (!isInside) return -1;
        if (w.IsEnlarged != 0)
        {
            y = y * w.Height / w.VirtualHeight;
            x = x * w.Width / w.VirtualWidth;
        }

        return places[3 * i] + (y * w.Width) + x;
    }
}
