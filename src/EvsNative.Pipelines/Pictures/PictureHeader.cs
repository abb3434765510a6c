using EvsNative.Layers;

namespace EvsNative.Pipelines.Pictures;

/// <summary>
/// What a picture file says of itself, before anything of it is decoded: its first bytes decide which decoder it goes to.
/// </summary>
/// <param name="Format"><see cref="FileKind.Png"/>, <see cref="FileKind.Jpeg"/> or <see cref="FileKind.WebP"/></param>
/// <param name="Width">pixels</param>
/// <param name="Height">pixels</param>
/// <param name="Depth">bits of a colour</param>
/// <param name="LeastBytes">fewest bytes of a file that can hold so many pixels: a header alone makes nobody allocate what it says</param>
internal readonly record struct PictureHeader(FileKind Format, int Width, int Height, int Depth, long LeastBytes)
{
    /// <summary>Whether it says that pixels may be transparent.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Reads it from the start of a PNG, or from all of a JPEG.</summary>
    /// <param name="file">its bytes, at least <see cref="FileKinds.StartBytes"/> where there are so many</param>
    /// <param name="length">bytes of the whole file</param>
    /// <param name="name">what to call it in a complaint</param>
    /// <exception cref="InputException">it is of another format, damaged, shorter than its picture can be, or larger than
    /// <see cref="InputLimits"/> allows</exception>
    public static PictureHeader Read(ReadOnlySpan<byte> file, long length, string name)
    {
        var format = FileKinds.Of(file[..Math.Min(file.Length, FileKinds.StartBytes)], length);
        try
        {
            var header = format switch
            {
                FileKind.Png => PngHeader.Read(file).Facts,
                FileKind.Jpeg => JpegHeader.Read(file),
                _ => throw Refused(format, name),
            };
            header.Check(name);
            return length >= header.LeastBytes
                ? header
                : throw new InvalidDataException("it holds less picture than its header promises");
        }
        catch (InvalidDataException e)
        {
            throw Damaged(format, name, e);
        }
    }

    /// <summary>The complaint about a picture that breaks its format's rules.</summary>
    public static InputException Damaged(FileKind format, string name, Exception cause)
    {
        string kind = format switch { FileKind.Png => "PNG", FileKind.WebP => "WebP", _ => "JPEG" };
        return new InputException(
            InputCode.Damaged, $"{name} is not a readable {kind} file ({InputText.Name(InputText.OneLine(cause.Message).TrimEnd('.'))}): "
            + "export the frame again",
            cause: cause);
    }

    private static InputException Refused(FileKind kind, string name)
    {
        bool isBroken = kind is FileKind.Unknown or FileKind.Empty or FileKind.TooShort or FileKind.Zeros;
        string what =
            kind == FileKind.Unknown ? "not a PNG file, nor anything else that is known" : $"{FileKinds.Name(kind)}, not a PNG file";
        return new InputException(isBroken ? InputCode.Damaged : InputCode.WrongKind, $"{name} is {what}: export the frame again as PNG");
    }

    private void Check(string name)
    {
        const int Edge = InputLimits.PictureEdge;
        if (Width > Edge || Height > Edge || (long)Width * Height > InputLimits.PicturePixels)
        {
            throw new InputException(
                InputCode.TooLarge,
                $"{name} has {Width}x{Height} pixels, more than {Edge} on an edge or {InputLimits.PicturePixels >> 20} million in all: "
                + "use smaller frames");
        }
    }
}
