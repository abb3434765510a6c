using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>Where the queries of the streaming kernel come from, as a compile-time choice.</summary>
internal interface IStreamingQueries
{
    /// <summary>Brings eight channels of a query to shared memory, zeros if they are not there.</summary>
    static abstract void Copy<TCore>(uint to, ulong own, ulong inverted, bool isThere, float gamma) where TCore : struct, IStreamingCore;
}

/// <summary>As they are.</summary>
internal readonly struct StreamedQueries : IStreamingQueries
{
    public static void Copy<TCore>(uint to, ulong own, ulong inverted, bool isThere, float gamma) where TCore : struct, IStreamingCore =>
        TCore.Copy(to, own, isThere);
}

/// <summary>gamma Q_inv + (1 - gamma) Q (EVS, Eq. 11), computed in float32 and rounded once.</summary>
internal readonly struct StreamedBlend : IStreamingQueries
{
    public static void Copy<TCore>(uint to, ulong own, ulong inverted, bool isThere, float gamma) where TCore : struct, IStreamingCore
    {
        Fragment blended = default;
        if (isThere)
        {
            Fragment a = T.LoadGlobal(own), b = T.LoadGlobal(inverted);
            blended.A = Blend<TCore>(a.A, b.A, gamma);
            blended.B = Blend<TCore>(a.B, b.B, gamma);
            blended.C = Blend<TCore>(a.C, b.C, gamma);
            blended.D = Blend<TCore>(a.D, b.D, gamma);
        }

        T.StoreShared(to, blended);
    }

    private static uint Blend<TCore>(uint own, uint inverted, float gamma) where TCore : struct, IStreamingCore => TCore.Pack(
        (T.Low(own) * (1 - gamma)) + (T.Low(inverted) * gamma), (T.High(own) * (1 - gamma)) + (T.High(inverted) * gamma));
}

/// <summary>A group's queries, from memory to the registers of its warps, where they stay.</summary>
internal static class StreamingQueries
{
    /// <summary>Brings them to shared memory.</summary>
    /// <param name="to">where</param>
    /// <param name="own">the first of them</param>
    /// <param name="inverted">the recorded one beside it</param>
    /// <param name="args">the launch's</param>
    /// <param name="rows">how many there are; what is behind them becomes zero</param>
    public static void Copy<TCore, TQueries, TTile>(uint to, ulong own, ulong inverted, StreamingArgs args, int rows)
        where TCore : struct, IStreamingCore
        where TQueries : struct, IStreamingQueries
        where TTile : struct, IStreamingTile
    {
        for (int i = 0; i < TTile.Queries * TTile.Pitch / TTile.Threads; i++)
        {
            int at = Group.IdxX + (i * TTile.Threads), row = at / TTile.Pitch, chunk = at - (row * TTile.Pitch);
            ulong from = (ulong)(((long)row * args.Step) + (chunk * SharedRows.ChunkBytes));
            bool isThere = row < rows & chunk < args.Chunks;
            TQueries.Copy<TCore>(
                to + (uint)SharedRows.Place(TTile.Pitch, row, chunk), own + from, inverted + from, isThere, args.Gamma);
        }
    }

    /// <summary>Reads those of a warp, as left operands.</summary>
    /// <param name="q">a fragment for each block and step</param>
    /// <param name="odd">the last chunk of all blocks, if it is odd: two registers each</param>
    /// <param name="from">where the group's lie</param>
    public static void Read<TTile>(ArrayView<Fragment> q, ArrayView<Fragment> odd, uint from)
        where TTile : struct, IStreamingTile
    {
        int lane = Group.IdxX & 31, first = (Group.IdxX >> 5) * TTile.WarpQueries;
        for (int i = 0; i < TTile.Blocks; i++)
        {
            int row = first + (16 * i) + (lane & 15);
            for (int k = 0; k < TTile.Steps; k++)
                q[(i * TTile.Steps) + k] = T.LoadMatrix(from + (uint)SharedRows.Place(TTile.Pitch, row, (2 * k) + (lane >> 4)));
        }

        if (TTile.HasOddChunk)
        {
            int row = first + (lane & (TTile.WarpQueries - 1));
            odd[0] = T.LoadMatrix(from + (uint)SharedRows.Place(TTile.Pitch, row, TTile.Pitch - 1));
        }
    }
}
