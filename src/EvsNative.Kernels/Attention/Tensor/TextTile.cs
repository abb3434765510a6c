using EvsNative.Kernels.TensorCores;

namespace EvsNative.Kernels.Attention;

/// <summary>What follows from a head and a number of keys for a group of the text kernel.</summary>
internal static class TextTile<THead, TKeys>
    where THead : struct, ITextHead
    where TKeys : struct, ITextKeys
{
    // Up to here the scores and queries of 32 rows stay in registers.
    private const int MostKeys = 80, MostChunks = 10;

    public const int Threads = 128;

    /// <summary>Chunks of a head that are multiplied.</summary>
    public static int Chunks => (4 * THead.Blocks) + THead.Rest;

    /// <summary>Chunks of a unit.</summary>
    public static int UnitChunks => THead.Heads * Chunks;

    /// <summary>Blocks of 16 queries of a warp: with two of them a fragment of keys or values serves two products.</summary>
    public static int Tiles => Chunks <= MostChunks & TKeys.Count <= MostKeys ? 2 : 1;

    /// <summary>Queries of a warp at a time.</summary>
    public static int WarpQueries => 16 * Tiles;

    /// <summary>Queries of a group at a time.</summary>
    public static int Queries => Threads / 32 * WarpQueries;

    /// <summary>Bytes of a row in shared memory: an odd number of chunks keeps eight rows in different banks.</summary>
    public static int RowBytes => (Chunks | 1) * SharedRows.ChunkBytes;

    /// <summary>Bytes of the keys of a head, and of its values.</summary>
    public static int KeyBytes => TKeys.Count * RowBytes;

    /// <summary>Shared memory of a group.</summary>
    public static int SharedBytes => THead.Heads * 2 * KeyBytes;

    /// <summary>Groups that registers leave room for on a multiprocessor.</summary>
    public static int MinGroups => Tiles == 2 & Chunks >= 8 ? 2 : 3;

    /// <summary>Blocks of 8 keys.</summary>
    public static int KeyBlocks => TKeys.Count / 8;

    /// <summary>The first chunk of the two of a unit that are no part of a block.</summary>
    public static int RestChunk => 4 * THead.Blocks;

    /// <summary>The first chunk of a head's blocks: the second head begins with what remains.</summary>
    public static int FirstChunk(int head) => head * (Chunks + THead.Rest);
}
