using EvsNative.Kernels.Definitions;
using StbImageSharp;
using StbImageWriteSharp;

namespace EvsNative.Pipelines.Frames;

/// <summary>One picture as bytes of a PNG or JPEG file.</summary>
internal static class StillImage
{
    /// <summary>[H,W,3] from a PNG; transparency is dropped, grey becomes three equal colours, 16 bits become 8.</summary>
    /// <exception cref="InvalidDataException">these are not the bytes of a picture</exception>
    public static (byte[] Pixels, int Width, int Height) Decode(byte[] file)
    {
        try
        {
            var image = ImageResult.FromMemory(file, StbImageSharp.ColorComponents.RedGreenBlue);
            return (image.Data, image.Width, image.Height);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The decoder, given broken bytes, throws whatever its arithmetic runs into.
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>PNG, lossless.</summary>
    public static byte[] Png(byte[] rgb, int width, int height)
    {
        using var stream = new MemoryStream();
        new ImageWriter().WritePng(rgb, width, height, StbImageWriteSharp.ColorComponents.RedGreenBlue, stream);
        return stream.ToArray();
    }

    /// <summary>JPEG with a quality of 1 to 100.</summary>
    public static byte[] Jpeg(byte[] rgb, int width, int height, int quality)
    {
        using var stream = new MemoryStream();
        new ImageWriter().WriteJpg(rgb, width, height, StbImageWriteSharp.ColorComponents.RedGreenBlue, stream, quality);
        return stream.ToArray();
    }
}
