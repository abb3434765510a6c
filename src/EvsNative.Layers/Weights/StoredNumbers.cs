using System.Buffers;
using System.Runtime.ExceptionServices;

namespace EvsNative.Layers;

/// <summary>Numbers of a file that lie one behind the other, read in pieces, those of large tensors by all processors.</summary>
internal static class StoredNumbers
{
    private const int AtOnce = 1 << 16, BytesAtOnce = 1 << 18;

    /// <summary>Numbers that are worth calling other threads.</summary>
    private const int Many = 8 * AtOnce;

    /// <summary>Told of pieces of a file in their order.</summary>
    public delegate void Piece(ReadOnlySpan<byte> bytes);

    /// <summary>Reads numbers as float32.</summary>
    /// <param name="file">the file</param>
    /// <param name="place">where the first lies</param>
    /// <param name="type">how they are stored</param>
    /// <param name="values">where they go, as many as are read</param>
    /// <param name="onPiece">told of the bytes as they are read, in their order</param>
    public static void Read(FileBytes file, long place, StoredType type, Span<float> values, Piece? onPiece = null)
    {
        if (onPiece is null && values.Length >= Many) ReadTogether(file, place, type, values);
        else ReadInOrder(file, place, type, values, onPiece);
    }

    private static unsafe void ReadTogether(FileBytes file, long place, StoredType type, Span<float> values)
    {
        int count = values.Length;
        fixed (float* pinned = values)
        {
            nint address = (nint)pinned;
            try
            {
                Parallel.For(0, (count + AtOnce - 1) / AtOnce, piece =>
                {
                    int from = piece * AtOnce;
                    var own = new Span<float>((float*)address + from, Math.Min(AtOnce, count - from));
                    ReadInOrder(file, place + ((long)from * type.Bytes()), type, own, onPiece: null);
                });
            }
            catch (AggregateException e) when (e.InnerException is { } first)
            {
                ExceptionDispatchInfo.Throw(first);
            }
        }
    }

    private static void ReadInOrder(FileBytes file, long place, StoredType type, Span<float> values, Piece? onPiece)
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
