using System.Buffers;

namespace EvsNative.Layers;

/// <summary>Numbers of a file that lie one behind the other, read in pieces.</summary>
internal static class StoredNumbers
{
    private const int AtOnce = 1 << 16, BytesAtOnce = 1 << 18;

    /// <summary>Told of pieces of a file in their order.</summary>
    public delegate void Piece(ReadOnlySpan<byte> bytes);

    /// <summary>Reads numbers as float32.</summary>
    /// <param name="file">the file</param>
    /// <param name="place">where the first lies</param>
    /// <param name="type">how they are stored</param>
    /// <param name="values">where they go, as many as are read</param>
    /// <param name="onPiece">told of the bytes as they are read</param>
    public static void Read(FileBytes file, long place, StoredType type, Span<float> values, Piece? onPiece = null)
    {
        int size = type.Bytes();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(AtOnce, Math.Max(1, values.Length)) * size);
        try
        {
            while (!values.IsEmpty)
            {
                var piece = values[..Math.Min(AtOnce, values.Length)];
                var stored = buffer.AsSpan(0, piece.Length * size);
                file.ReadExactly(stored, place);
                onPiece?.Invoke(stored);
                FloatReader.Read(type, stored, piece);
                values = values[piece.Length..];
                place += stored.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Goes through bytes of a file.</summary>
    public static void Pass(FileBytes file, long place, long bytes, Piece onPiece)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BytesAtOnce, Math.Max(1, bytes)));
        try
        {
            while (bytes > 0)
            {
                var piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes));
                file.ReadExactly(piece, place);
                onPiece(piece);
                place += piece.Length;
                bytes -= piece.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The line for bytes that are not those that were written.</summary>
    public static InputException WrongCrc(FileBytes file, string name) => new(
        InputCode.Damaged,
        $"{file.Path}: {InputText.Quote(name)} has a wrong checksum: download it again, or save it again with torch's checksums on");
}
