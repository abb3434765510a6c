using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>The result of a warp's queries: o[block of queries][block of 8 channels].</summary>
internal static class StreamingResult
{
    /// <summary>Adds the values of a stage by their weights. A load brings 8 channels of 32 keys.</summary>
    /// <param name="o">the result</param>
    /// <param name="weights">the stage's</param>
    /// <param name="values">where the values lie</param>
    /// <param name="rowPlaces">this lane's row of a chunk of 32 values, see <see cref="IStreamingTile.Exchanged"/></param>
    public static void Add<TCore, TTile>(ArrayView<Sums> o, ArrayView<Fragment> weights, uint values, ArrayView<uint> rowPlaces)
        where TCore : struct, IStreamingCore
        where TTile : struct, IStreamingTile
    {
        for (int half = 0; half < TTile.KeyHalves; half++)
        {
            for (int j = 0; j < TTile.Pitch; j++)
            {
                int chunk = j / TTile.Exchanged * TTile.Exchanged;
                var b = T.LoadMatrixTransposed(
                    values + rowPlaces[j % TTile.Exchanged] + (uint)((half * 32 * TTile.RowBytes) + (chunk * SharedRows.ChunkBytes)));
                for (int i = 0; i < TTile.Blocks; i++)
                {
                    int at = (i * TTile.Pitch) + j, weight = (i * TTile.KeyBlocks / 2) + (2 * half);
                    o[at] = TCore.Multiply(o[at], weights[weight], b.A, b.B);
                    o[at] = TCore.Multiply(o[at], weights[weight + 1], b.C, b.D);
                }
            }
        }
    }

    /// <summary>
    /// Divides by the sums of the weights, and writes 16 bytes a thread. Shared memory is free, and its rows become those of the result.
    /// </summary>
    /// <param name="y">the group's first query</param>
    /// <param name="o">the result</param>
    /// <param name="totals">sums of the weights, of this lane's keys</param>
    /// <param name="shared">shared memory</param>
    /// <param name="args">the launch's</param>
    /// <param name="rows">how many queries there are</param>
    public static void Write<TCore, TTile>(ulong y, ArrayView<Sums> o, ArrayView<float> totals, uint shared, StreamingArgs args, int rows)
        where TCore : struct, IStreamingCore
        where TTile : struct, IStreamingTile
    {
        int lane = Group.IdxX & 31, first = ((Group.IdxX >> 5) * TTile.WarpQueries) + (lane >> 2);
        uint column = shared + (uint)((lane & 3) * 4);
        for (int i = 0; i < TTile.Blocks; i++)
        {
            float low = Inverse(totals[2 * i]), high = Inverse(totals[(2 * i) + 1]);
            int row = first + (16 * i);
            for (int j = 0; j < TTile.Pitch; j++)
            {
                var x = o[(i * TTile.Pitch) + j];
                T.StoreShared(column + (uint)SharedRows.Place(TTile.Pitch, row, j), TCore.Pack(x.A * low, x.B * low));
                T.StoreShared(column + (uint)SharedRows.Place(TTile.Pitch, row + 8, j), TCore.Pack(x.C * high, x.D * high));
            }
        }

        Gpu.Threads.Wait();
        for (int i = 0; i < TTile.Queries * TTile.Pitch / TTile.Threads; i++)
        {
            int at = Group.IdxX + (i * TTile.Threads), row = at / TTile.Pitch, chunk = at - (row * TTile.Pitch);
            var value = T.LoadShared(shared + (uint)SharedRows.Place(TTile.Pitch, row, chunk));
            if (row < rows & chunk < args.Chunks)
                T.StoreGlobal(y + (ulong)(((long)row * args.Step) + (chunk * SharedRows.ChunkBytes)), value);
        }
    }

    private static float Inverse(float sum)
    {
        sum += T.Other(sum, 1);
        sum += T.Other(sum, 2);
        return 1 / sum;
    }
}
