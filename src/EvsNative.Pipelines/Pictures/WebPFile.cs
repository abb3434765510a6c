using System.Buffers.Binary;

namespace EvsNative.Pipelines.Pictures;

/// <summary>
/// What a WebP file consists of, without a pixel of it: RIFF chunks, of which one, or one for each frame, holds a picture (Google, "WebP
/// Container Specification").
/// </summary>
internal sealed class WebPFile
{
    private const int HeaderBytes = 12, ChunkHeader = 8, FrameHeader = 16, ExtendedBytes = 10;
    private const byte Moving = 0x02, Clear = 0x10;

    /// <summary>Bytes of the start of a file that <see cref="Size"/> needs.</summary>
    public const int StartBytes = HeaderBytes + ChunkHeader + ExtendedBytes;

    private WebPFile(int width, int height, IReadOnlyList<WebPFrame> frames, bool isCut) =>
        (Width, Height, Frames, IsCut) = (width, height, frames, isCut);

    /// <summary>Pixels of the canvas.</summary>
    public int Width { get; }

    /// <summary>Pixels of the canvas.</summary>
    public int Height { get; }

    /// <summary>The frames that are there whole, in their order.</summary>
    public IReadOnlyList<WebPFrame> Frames { get; }

    /// <summary>Whether the file ends before its last frame does.</summary>
    public bool IsCut { get; }

    /// <summary>Whether the extended header, which comes first, tells of several frames.</summary>
    /// <param name="start">the file's first bytes</param>
    public static bool IsMoving(ReadOnlySpan<byte> start) =>
        IsExtended(start) && start.Length > HeaderBytes + ChunkHeader && (start[HeaderBytes + ChunkHeader] & Moving) != 0;

    /// <summary>Width and height of a file, and whether pixels may be transparent.</summary>
    /// <param name="start">the file's first bytes, at least <see cref="StartBytes"/> where there are so many</param>
    /// <exception cref="InvalidDataException">they are no WebP file</exception>
    public static (int Width, int Height, bool HasAlpha) Size(ReadOnlySpan<byte> start)
    {
        if (start.Length < StartBytes || !start.StartsWith("RIFF"u8) || !start[8..].StartsWith("WEBP"u8))
            throw new InvalidDataException("it ends in its first bytes");
        var data = start[(HeaderBytes + ChunkHeader)..];
        if (IsExtended(start)) return (Int24(data[4..]) + 1, Int24(data[7..]) + 1, (data[0] & Clear) != 0);
        return SizeOfPicture(start[HeaderBytes..], data);
    }

    /// <summary>A file without what lies behind its last chunk.</summary>
    /// <exception cref="InvalidDataException">it is cut off</exception>
    public static byte[] Trim(byte[] file)
    {
        long length = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(4)) + (long)ChunkHeader;
        if (length > file.Length) throw new InvalidDataException("it ends too early");
        return length == file.Length ? file : file[..(int)length];
    }

    /// <summary>Reads the frames of a moving file.</summary>
    /// <exception cref="InvalidDataException">it breaks the format's rules</exception>
    public static WebPFile Read(ReadOnlyMemory<byte> file)
    {
        var (width, height, _) = Size(file.Span);
        var frames = new List<WebPFrame>();
        long end = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(file.Span[4..]) + (long)ChunkHeader, file.Length);
        bool isCut = BinaryPrimitives.ReadUInt32LittleEndian(file.Span[4..]) + (long)ChunkHeader > file.Length;
        int at = HeaderBytes;
        while (end - at >= ChunkHeader)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(file.Span[(at + 4)..]);
            if (length > end - at - ChunkHeader) break;
            if (file.Span[at..].StartsWith("ANMF"u8))
            {
                var frame = Frame(file.Slice(at + ChunkHeader, (int)length));
                if (frame.X + frame.Width > width || frame.Y + frame.Height > height)
                    throw new InvalidDataException($"frame {frames.Count} lies beside its canvas");
                frames.Add(frame);
            }

            // Chunks begin at even places.
            long next = at + ChunkHeader + length + (length & 1);
            if (next > end) break;
            at = (int)next;
        }

        if (frames.Count == 0) throw new InvalidDataException("it holds no whole frame");
        return new WebPFile(width, height, frames, isCut);
    }

    private static WebPFrame Frame(ReadOnlyMemory<byte> data)
    {
        var span = data.Span;
        if (span.Length < FrameHeader + ChunkHeader) throw new InvalidDataException("a frame of it is too short");
        int width = Int24(span[6..]) + 1, height = Int24(span[9..]) + 1;
        var (picture, opacity) = Parts(data[FrameHeader..]);
        var size = SizeOfPicture(picture.Span, picture.Span[ChunkHeader..]);
        if ((size.Width, size.Height) != (width, height)) throw new InvalidDataException("a frame of it has two sizes");
        return new WebPFrame(2 * Int24(span), 2 * Int24(span[3..]), width, height, Int24(span[12..]))
        {
            IsBlended = (span[15] & 2) == 0,
            IsCleared = (span[15] & 1) != 0,
            Picture = picture,
            Opacity = opacity,
        };
    }

    /// <summary>The chunks of a frame that hold its picture and its opacity; the latter is empty where there is none.</summary>
    private static (ReadOnlyMemory<byte> Picture, ReadOnlyMemory<byte> Opacity) Parts(ReadOnlyMemory<byte> chunks)
    {
        ReadOnlyMemory<byte> opacity = default;
        while (chunks.Length >= ChunkHeader)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunks.Span[4..]);
            if (length > chunks.Length - ChunkHeader) break;
            var chunk = chunks[..(ChunkHeader + (int)length)];
            if (chunk.Span.StartsWith("VP8 "u8) || chunk.Span.StartsWith("VP8L"u8)) return (chunk, opacity);
            if (chunk.Span.StartsWith("ALPH"u8)) opacity = chunk;
            chunks = chunks[Math.Min(chunks.Length, chunk.Length + (int)(length & 1))..];
        }

        throw new InvalidDataException("a frame of it holds no picture");
    }

    private static (int Width, int Height, bool HasAlpha) SizeOfPicture(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        const int lossyBytes = 10, losslessBytes = 5;
        if (name.StartsWith("VP8 "u8) && data.Length >= lossyBytes && data[3..].StartsWith<byte>([0x9D, 0x01, 0x2A]))
        {
            const int most = 0x3FFF;
            int width = BinaryPrimitives.ReadUInt16LittleEndian(data[6..]), height = BinaryPrimitives.ReadUInt16LittleEndian(data[8..]);
            return (width & most, height & most, false);
        }

        if (!name.StartsWith("VP8L"u8) || data.Length < losslessBytes || data[0] != 0x2F)
            throw new InvalidDataException("its picture has no header");
        uint bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return ((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1, (bits & (1 << 28)) != 0);
    }

    private static bool IsExtended(ReadOnlySpan<byte> start) =>
        start.Length > HeaderBytes && start[8..].StartsWith("WEBP"u8) && start[HeaderBytes..].StartsWith("VP8X"u8);

    private static int Int24(ReadOnlySpan<byte> data) => data[0] | data[1] << 8 | data[2] << 16;
}
