using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>The queries of a warp of the text kernel, straight from memory to left operands.</summary>
internal static class TextQueries
{
    /// <summary>
    /// Reads four chunks of a row to a quad, rows 8 apart, block by block. Of what is not there the last one is read again.
    /// </summary>
    /// <param name="own">the queries</param>
    /// <param name="inverted">recorded ones</param>
    /// <param name="queries">the unit's first query</param>
    /// <param name="recorded">the recorded one beside it</param>
    /// <param name="row">this lane's first row</param>
    /// <param name="head">of the unit</param>
    /// <param name="args">the launch's</param>
    public static void LoadBlocks<TQueries, THead, TKeys>(
        ArrayView<Fragment> own, ArrayView<Fragment> inverted, ulong queries, ulong recorded, int row, int head, TextArgs args)
        where TQueries : struct, IQueryWords
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        int quad = Group.IdxX & 3, chunk = TextTile<THead, TKeys>.FirstChunk(head) + quad;
        for (int i = 0; i < 2 * TextTile<THead, TKeys>.Tiles; i++)
        {
            ulong first = (ulong)IntrinsicMath.Min(row + (8 * i), args.Queries - 1) * (ulong)args.RowBytes;
            for (int block = 0; block < THead.Blocks; block++)
            {
                int at = chunk + (4 * block);
                if (THead.Rest == 0 && block == THead.Blocks - 1) at = IntrinsicMath.Min(at, args.Chunks - 1);
                ulong offset = first + (ulong)(at * SharedRows.ChunkBytes);
                own[(i * THead.Blocks) + block] = T.LoadGlobal(queries + offset);
                if (TQueries.IsBlended) inverted[(i * THead.Blocks) + block] = T.LoadGlobal(recorded + offset);
            }
        }
    }

    /// <summary>Reads the two chunks that remain, of 16 rows: lanes 0 and 1 of a quad have the upper row's.</summary>
    public static void LoadRest<TQueries, THead, TKeys>(
        ArrayView<Fragment> own, ArrayView<Fragment> inverted, ulong queries, ulong recorded, int row, TextArgs args)
        where TQueries : struct, IQueryWords
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        if (THead.Rest == 0) return;
        for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
        {
            int from = IntrinsicMath.Min(row + (16 * i) + ((Group.IdxX & 2) * 4), args.Queries - 1);
            ulong offset = ((ulong)from * (ulong)args.RowBytes)
                + (ulong)((TextTile<THead, TKeys>.RestChunk + (Group.IdxX & 1)) * SharedRows.ChunkBytes);
            own[i] = T.LoadGlobal(queries + offset);
            if (TQueries.IsBlended) inverted[i] = T.LoadGlobal(recorded + offset);
        }
    }

    /// <summary>
    /// Makes left operands of rows of words. A mask that the assembler does not know keeps it from gathering them anew for each product.
    /// </summary>
    public static void Arrange<TQueries, THead, TKeys>(
        ArrayView<Fragment> q, ArrayView<Fragment> own, ArrayView<Fragment> inverted, TextArgs args)
        where TQueries : struct, IQueryWords
        where THead : struct, ITextHead
        where TKeys : struct, ITextKeys
    {
        for (int block = 0; block < THead.Blocks; block++)
        {
            uint mask = (4 * block) + (Group.IdxX & 3) < args.Chunks ? uint.MaxValue : 0;
            for (int i = 0; i < TextTile<THead, TKeys>.Tiles; i++)
            {
                int first = (2 * i * THead.Blocks) + block, second = first + THead.Blocks;
                var upper = TQueries.Of(own[first], inverted[first], args.Gamma);
                var lower = TQueries.Of(own[second], inverted[second], args.Gamma);
                Fragment a, b;
                (a.A, a.B, a.C, a.D) = (upper.A & mask, lower.A & mask, upper.B & mask, lower.B & mask);
                (b.A, b.B, b.C, b.D) = (upper.C & mask, lower.C & mask, upper.D & mask, lower.D & mask);
                q[2 * ((i * THead.Blocks) + block)] = a;
                q[(2 * ((i * THead.Blocks) + block)) + 1] = b;
            }
        }
    }
}
