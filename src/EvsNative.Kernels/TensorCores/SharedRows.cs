namespace EvsNative.Kernels.TensorCores;

/// <summary>
/// Rows of 16-byte chunks in shared memory, as copies write them and <c>ldmatrix</c> reads them, without a bank met twice: by eight
/// neighbouring chunks of a row, which go on in the next one, and by one chunk of eight neighbouring rows. A row's chunks change places (a
/// swizzle) where its length alone would bring rows to the same banks.
/// </summary>
internal static class SharedRows
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkBytes = 16;

    /// <summary>What a row's chunks are exchanged by: chunk c lies at c ^ this.</summary>
    /// <param name="pitch">chunks of a row; a constant</param>
    /// <param name="row">from 0</param>
    public static int Swizzle(int pitch, int row) => (pitch & 7) == 0 ? row & 7
        : (pitch & 3) == 0 ? (row >> 1) & 3
        : (pitch & 1) == 0 ? (row >> 2) & 1 : 0;

    /// <summary>Where a chunk lies, in bytes from the first row.</summary>
    /// <param name="pitch">chunks of a row; a constant</param>
    /// <param name="row">from 0</param>
    /// <param name="chunk">from 0</param>
    public static int Place(int pitch, int row, int chunk) => ((row * pitch) + (chunk ^ Swizzle(pitch, row))) * ChunkBytes;
}
