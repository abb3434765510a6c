using System.Buffers.Binary;

namespace EvsNative.Pipelines.Pictures;

/// <summary>A frame of a moving WebP file: a part of the canvas and what becomes of it.</summary>
/// <param name="X">pixels from the canvas' left edge</param>
/// <param name="Y">pixels from its upper edge</param>
/// <param name="Width">pixels</param>
/// <param name="Height">pixels</param>
/// <param name="Milliseconds">how long it is shown</param>
internal sealed record WebPFrame(int X, int Y, int Width, int Height, int Milliseconds)
{
    /// <summary>Whether it lies over what is there; else it takes its place, with its opacity.</summary>
    public bool IsBlended { get; init; }

    /// <summary>Whether its part of the canvas becomes transparent after it.</summary>
    public bool IsCleared { get; init; }

    /// <summary>The chunk of its picture, "VP8 " or "VP8L", with its header.</summary>
    public ReadOnlyMemory<byte> Picture { get; init; }

    /// <summary>The chunk "ALPH"; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Opacity { get; init; }

    /// <summary>A file of this frame alone.</summary>
    public byte[] ToFile()
    {
        const byte clear = 0x10;
        using var file = new MemoryStream();
        file.Write("RIFF\0\0\0\0WEBP"u8);
        if (!Opacity.IsEmpty)
        {
            byte[] extended = [.. "VP8X"u8, 10, 0, 0, 0, clear, 0, 0, 0, .. Int24(Width - 1), .. Int24(Height - 1)];
            file.Write(extended);
            Write(file, Opacity.Span);
        }

        Write(file, Picture.Span);
        byte[] bytes = file.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        return bytes;
    }

    private static void Write(Stream file, ReadOnlySpan<byte> chunk)
    {
        file.Write(chunk);
        if (chunk.Length % 2 != 0) file.WriteByte(0);
    }

    private static byte[] Int24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
}
