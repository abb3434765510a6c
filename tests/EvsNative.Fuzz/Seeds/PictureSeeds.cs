using System.Buffers.Binary;
using EvsNative.Fuzz.Mutation;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Fuzz.Seeds;

/// <summary>Small pictures of every kind that PNG has, and of other formats.</summary>
internal static class PictureSeeds
{
    private const int Width = 19, Height = 13;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>Colours of each kind of PNG: channels, and the depths that it may have.</summary>
    private static readonly (byte Kind, int Channels, byte[] Depths)[] Kinds =
        [(0, 1, [1, 2, 4, 8, 16]), (2, 3, [8, 16]), (3, 1, [1, 2, 4, 8]), (4, 2, [8, 16]), (6, 4, [8, 16])];

    /// <summary>Grey, colours, palettes, with and without transparency, 1 to 16 bits, interlaced or not, in one piece or several.</summary>
    public static IReadOnlyList<byte[]> Pngs { get; } =
    [
        .. from kind in Kinds
           from depth in kind.Depths
           from isInterlaced in new[] { false, true }
           select Png(kind.Kind, kind.Channels, depth, isInterlaced),
        StillImage.Png(Noise(3 * Width * Height), Width, Height),
        StillImage.Png(new byte[3], 1, 1),
    ];

    /// <summary>The beginnings and small wholes of other formats, as they come under the name of a PNG.</summary>
    public static IReadOnlyList<byte[]> Others { get; } =
    [
        StillImage.Jpeg(Noise(3 * Width * Height), Width, Height, 80),
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10],
        Bmp(),
        [.. "GIF89a"u8, 2, 0, 2, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 0x52, 0x05, 0, 0x3B],
        [.. "8BPS"u8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 4, 0, 8, 0, 3, .. new byte[64]],
        [.. "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4 +X 4\n"u8, .. Noise(64)],
        [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 4, 0, 24, 0, .. Noise(48)],
        [.. "RIFF"u8, 26, 0, 0, 0, .. "WEBPVP8L"u8, 13, 0, 0, 0, 0x2F, 0, 0, 0, 0x10, 7, 0x10, 0x11, 0x11, 0x88, 0x88, 0xFE, 7, 0],
        [.. "P6\n2 2\n255\n"u8, .. Noise(12)],
        [.. "<svg xmlns='http://www.w3.org/2000/svg'/>"u8],
    ];

    /// <summary>A PNG of noise; the passes of an interlaced one are those of Adam7.</summary>
    public static byte[] Png(byte kind, int channels, byte depth, bool isInterlaced, int width = Width, int height = Height)
    {
        (int X, int Y, int StepX, int StepY)[] passes = isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        var rows = new List<byte>();
        foreach (var (x, y, stepX, stepY) in passes)
        {
            int across = (width - x + stepX - 1) / stepX, down = (height - y + stepY - 1) / stepY;
            for (int row = 0; row < down && across > 0; row++)
            {
                rows.Add((byte)(row % 5));
                rows.AddRange(Noise(((across * channels * depth) + 7) / 8));
            }
        }

        byte[] pixels = PngMutation.Fold([.. rows]);
        List<(string, byte[])> chunks = [("IHDR", Header(width, height, depth, kind, isInterlaced)), ("gAMA", [0, 0, 0xB1, 0x8F])];
        if (kind == 3) chunks.AddRange([("PLTE", Noise(3 << depth)), ("tRNS", [0, 128])]);
        if (kind == 0) chunks.Add(("tRNS", [0, 1]));
        int half = pixels.Length / 2;
        chunks.AddRange([("IDAT", pixels[..half]), ("IDAT", pixels[half..]), ("tEXt", [.. "Title\0x"u8]), ("IEND", [])]);
        return PngMutation.Join(Signature, chunks);
    }

    /// <summary>A PNG whose header promises more than its few bytes hold.</summary>
    public static byte[] Promising(int width, int height) => PngMutation.Join(
        Signature, [("IHDR", Header(width, height, 1, 0, false)), ("IDAT", PngMutation.Fold(new byte[100])), ("IEND", [])]);

    private static byte[] Header(int width, int height, byte depth, byte kind, bool isInterlaced)
    {
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, kind, isInterlaced ? (byte)1 : (byte)0);
        return header;
    }

    private static byte[] Noise(int bytes) => new Dice((ulong)bytes).Bytes(bytes);

    private static byte[] Bmp()
    {
        byte[] header = new byte[54];
        (header[0], header[1], header[10], header[14], header[18], header[22], header[26], header[28]) =
            ((byte)'B', (byte)'M', 54, 40, 4, 4, 1, 24);
        return [.. header, .. Noise(48)];
    }
}
