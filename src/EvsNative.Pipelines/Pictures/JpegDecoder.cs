using BitMiracle.LibJpeg.Classic;

namespace EvsNative.Pipelines.Pictures;

/// <summary>
/// Decodes JPEG by LibJpeg.NET, the reference decoder in managed code: broken bytes cannot lead out of an array. What it would only warn
/// of, such as a file that was cut off, is an error here: the rest of the picture would be grey.
/// </summary>
internal static class JpegDecoder
{
    /// <summary>A progressive picture has about ten; each may cover the whole picture in a few bytes.</summary>
    private const int MostScans = 200;

    private const int Rgb = 3;

    /// <summary>Decodes a whole file whose size was held against the limits.</summary>
    /// <exception cref="InvalidDataException">it breaks the format's rules</exception>
    /// <exception cref="OperationCanceledException">stopped between two rows of blocks</exception>
    public static Picture Decode(byte[] file, PictureHeader header, CancellationToken stop)
    {
        var jpeg = new jpeg_decompress_struct(new StrictErrors()) { Progress = new jpeg_progress_mgr() };
        jpeg.Progress.OnProgress += (_, _) =>
        {
            stop.ThrowIfCancellationRequested();
            if (jpeg.Input_scan_number > MostScans) throw new InvalidDataException($"it has more than {MostScans} scans");
        };
        jpeg.jpeg_stdio_src(new MemoryStream(file));
        jpeg.jpeg_read_header(true);
        jpeg.Out_color_space = J_COLOR_SPACE.JCS_RGB;
        jpeg.jpeg_start_decompress();
        if ((jpeg.Output_width, jpeg.Output_height, jpeg.Output_components) != (header.Width, header.Height, Rgb))
            throw new InvalidDataException("it has two headers that differ");
        int rowBytes = header.Width * Rgb;
        byte[] pixels = new byte[checked(header.Height * rowBytes)];
        byte[][] row = [new byte[rowBytes]];
        for (int y = 0; y < header.Height; y++)
        {
            stop.ThrowIfCancellationRequested();
            if (jpeg.jpeg_read_scanlines(row, 1) != 1) throw new InvalidDataException("it ends too early");
            row[0].AsSpan().CopyTo(pixels.AsSpan(y * rowBytes));
        }

        jpeg.jpeg_finish_decompress();
        return new Picture(pixels, header.Width, header.Height);
    }

    /// <summary>Takes warnings for errors, and prints neither.</summary>
    private sealed class StrictErrors : jpeg_error_mgr
    {
        public override void error_exit() => throw new InvalidDataException(format_message());

        public override void emit_message(int msg_level)
        {
            if (msg_level < 0) error_exit();
        }

        public override void output_message() { }
    }
}
