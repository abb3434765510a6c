using EvsNative.Kernels.Compile;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// A band of a tile's sums in shared memory, the rows of one row of warps, so that threads can go on with whole rows. A row is chunks of
/// four float32; two more spread the rows over the banks, and chunks change places so that threads with neighbouring pieces of 8 or 16
/// columns meet no bank twice.
/// </summary>
internal static class SharedSums
{
    private const int ChunkBytes = 16, MoreChunks = 2;

    /// <summary>Bytes of a row.</summary>
    public static int RowBytes(int columns) => ((columns / 4) + MoreChunks) * ChunkBytes;

    /// <summary>Where a chunk of a row lies, in bytes from the row's beginning.</summary>
    public static int Place(int row, int chunk) => (chunk ^ ((chunk >> 3) & 3) ^ (row & 1)) * ChunkBytes;

    /// <summary>Writes the sums of a warp.</summary>
    /// <param name="sums">of blocks of 16 rows and 8 columns</param>
    /// <param name="rows16">blocks of 16 rows</param>
    /// <param name="columns8">blocks of 8 columns</param>
    /// <param name="to">the band</param>
    /// <param name="rowBytes">of the band</param>
    /// <param name="column">the warp's first</param>
    /// <param name="lane">of the thread</param>
    public static void Put(ArrayView<float> sums, int rows16, int columns8, uint to, int rowBytes, int column, int lane)
    {
        int row = lane >> 2;
        for (int j = 0; j < columns8; j++)
        {
            // Columns 2 t and 2 t + 1 of a block; the row's parity is that of rows 8 and 16 further down, too.
            int chunk = (column >> 2) + (2 * j) + ((lane & 3) >> 1);
            uint at = to + (uint)((row * rowBytes) + Place(row, chunk) + ((lane & 1) * 8));
            for (int i = 0; i < rows16; i++)
            {
                int sum = 4 * ((i * columns8) + j);
                TensorIntrinsics.StoreShared(at + (uint)(16 * i * rowBytes), sums[sum], sums[sum + 1]);
                TensorIntrinsics.StoreShared(at + (uint)(((16 * i) + 8) * rowBytes), sums[sum + 2], sums[sum + 3]);
            }
        }
    }
}
