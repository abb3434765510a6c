using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>Where the window of a row of the result lies. One more behind the tile's last has the tile's first pixel.</summary>
internal struct WindowPlace
{
    /// <summary>First row of the enlarged image in the upper 16 bits, first column in the lower, both signed.</summary>
    public int Corner;

    /// <summary>The first pixel of the row's image, counted from the tile's first; of the last place the tile's first itself.</summary>
    public int Pixel;
}

/// <summary>Which pixels lie under the taps of a tile's rows, inside kernels.</summary>
internal static class ProductWindowsTensor
{
    // Stays outside of every image, whatever tap is added.
    private const int Nowhere = -1 << 14;

    /// <summary>
    /// The first pixel that a tile can need: the first row, of its first window, that is inside of the image. The others are behind it.
    /// </summary>
    public static int FirstPixel(ProductArgsTensor args, int firstRow) =>
        ((firstRow / (args.OutHeight * args.OutWidth) * args.Height) + FirstLine(args, firstRow)) * args.Width;

    /// <summary>Takes a row of the result apart.</summary>
    public static WindowPlace Place(ProductArgsTensor args, int firstRow, int row)
    {
        int pixels = args.OutHeight * args.OutWidth, image = row / pixels, within = row - (image * pixels), y = within / args.OutWidth;
        int down = row < args.Rows ? (y * args.Stride) - args.Padding + args.PhaseDown : Nowhere;
        int right = ((within - (y * args.OutWidth)) * args.Stride) - args.Padding + args.PhaseRight;
        WindowPlace place;
        place.Corner = (down << 16) | (right & 0xffff);
        place.Pixel = (((image - (firstRow / pixels)) * args.Height) - FirstLine(args, firstRow)) * args.Width;
        return place;
    }

    /// <summary>The pixel under a tap, counted from the tile's first; -1 outside.</summary>
    public static int Pixel(ProductArgsTensor args, WindowPlace place, int down, int right)
    {
        int y = (place.Corner >> 16) + down, x = (short)place.Corner + right;
        bool isInside = y >= 0 & y < args.VirtualHeight & x >= 0 & x < args.VirtualWidth;
        if (args.IsEnlarged != 0)
        {
            y = y * args.Height / args.VirtualHeight;
            x = x * args.Width / args.VirtualWidth;
        }

        return isInside ? place.Pixel + (y * args.Width) + x : -1;
    }

    private static int FirstLine(ProductArgsTensor args, int firstRow)
    {
        int pixels = args.OutHeight * args.OutWidth, within = firstRow - (firstRow / pixels * pixels);
        int line = IntrinsicMath.Max((within / args.OutWidth * args.Stride) - args.Padding + args.PhaseDown, 0);
        return args.IsEnlarged != 0 ? line * args.Height / args.VirtualHeight : line;
    }
}
