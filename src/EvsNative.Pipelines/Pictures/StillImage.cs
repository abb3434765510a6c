using EvsNative.Layers;
using StbImageWriteSharp;

namespace EvsNative.Pipelines.Pictures;

/// <summary>One picture as bytes of a PNG or JPEG file.</summary>
internal static class StillImage
{
    /// <summary>[H,W,3] from a PNG or JPEG; transparency is dropped, grey becomes three equal colours, 16 bits become 8.</summary>
    /// <param name="file">all of its bytes</param>
    /// <param name="name">what to call it in a complaint</param>
    /// <param name="stop">stops between two rows</param>
    /// <exception cref="InputException">it is no such picture, damaged, or larger than <see cref="InputLimits"/> allows</exception>
    public static Picture Decode(byte[] file, string name = "the picture", CancellationToken stop = default)
    {
        var header = PictureHeader.Read(file, file.Length, name);
        try
        {
            return header.Format == FileKind.Png ? PngDecoder.Decode(file, stop) : JpegDecoder.Decode(file, header, stop);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            // A decoder, given broken bytes, throws whatever its arithmetic runs into.
            throw PictureHeader.Damaged(header.Format, name, e);
        }
    }

    /// <summary>PNG, lossless.</summary>
    /// <param name="pixels">[H,W,3], or [H,W,4] with opacity</param>
    /// <param name="width">W</param>
    /// <param name="height">H</param>
    /// <param name="hasAlpha">whether there is opacity</param>
    public static byte[] Png(byte[] pixels, int width, int height, bool hasAlpha = false)
    {
        using var stream = new MemoryStream();
        var components = hasAlpha ? ColorComponents.RedGreenBlueAlpha : ColorComponents.RedGreenBlue;
        new ImageWriter().WritePng(pixels, width, height, components, stream);
        return stream.ToArray();
    }

    /// <summary>JPEG with a quality of 1 to 100.</summary>
    public static byte[] Jpeg(byte[] rgb, int width, int height, int quality)
    {
        using var stream = new MemoryStream();
        new ImageWriter().WriteJpg(rgb, width, height, ColorComponents.RedGreenBlue, stream, quality);
        return stream.ToArray();
    }
}
