using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Copies of keys and values to a stage. A thread's chunks are the same in every stage, so that places are computed once, and a copy costs
/// an addition.
/// </summary>
internal static class StreamingStages
{
    // Behind all keys, and a multiple of 16: a chunk that no head has.
    private const int Nowhere = 0x7ffffff0;

    /// <summary>Computes where a thread's chunks lie.</summary>
    /// <param name="from">in bytes from the first key</param>
    /// <param name="to">in bytes from the stage</param>
    /// <param name="args">the launch's</param>
    public static void Prepare<TTile>(ArrayView<int> from, ArrayView<uint> to, StreamingArgs args)
        where TTile : struct, IStreamingTile
    {
        for (int i = 0; i <= TTile.Copies; i++)
        {
            int at = Group.IdxX + (i * TTile.Threads), row = at / TTile.Pitch, chunk = at - (row * TTile.Pitch);
            from[i] = chunk < args.Chunks ? (row * args.Step) + (chunk * SharedRows.ChunkBytes) : Nowhere;
            to[i] = (uint)SharedRows.Place(TTile.Pitch, row, chunk);
        }
    }

    /// <summary>Starts the copies of a stage.</summary>
    /// <param name="stage">where it lies</param>
    /// <param name="keys">the first of its keys</param>
    /// <param name="values">the first of its values</param>
    /// <param name="limit">bytes from a stage's first key to behind the last that is there; what is behind becomes zero</param>
    /// <param name="from">a thread's chunks in memory</param>
    /// <param name="to">a thread's chunks in a stage</param>
    public static void Copy<TCore, TTile>(uint stage, ulong keys, ulong values, int limit, ArrayView<int> from, ArrayView<uint> to)
        where TCore : struct, IStreamingCore
        where TTile : struct, IStreamingTile
    {
        for (int i = 0; i < TTile.Copies; i++) CopyOne<TCore, TTile>(stage + to[i], keys, values, from[i], limit);
        if (TTile.LastCopies > 0 && Group.IdxX < TTile.LastCopies)
            CopyOne<TCore, TTile>(stage + to[TTile.Copies], keys, values, from[TTile.Copies], limit);
    }

    private static void CopyOne<TCore, TTile>(uint to, ulong keys, ulong values, int from, int limit)
        where TCore : struct, IStreamingCore
        where TTile : struct, IStreamingTile
    {
        bool isThere = from < limit;
        TCore.Copy(to, keys + (uint)from, isThere);
        TCore.Copy(to + (uint)TTile.KeyBytes, values + (uint)from, isThere);
    }
}
