using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// What follows from a head for a group of the streaming kernel: four warps, each with its own queries, all with the same keys. A stage is
/// keys and then values of <see cref="IAttentionHeadTensor.Keys"/> tokens, a row each of 16-byte chunks; two stages take turns. The queries
/// come to where the second stage and what is behind it will be, and go to registers before it is needed. The result leaves through the
/// first.
/// </summary>
internal static class StreamingTile<THead>
    where THead : struct, IAttentionHeadTensor
{
    /// <summary>Threads of a group.</summary>
    public static int Threads => 128;

    /// <summary>Queries of a warp.</summary>
    public static int WarpQueries => 16 * THead.Blocks;

    /// <summary>Queries of a group.</summary>
    public static int Queries => Threads / 32 * WarpQueries;

    /// <summary>Chunks of a row; no padding, see <see cref="SharedRows"/>.</summary>
    public static int Pitch => THead.Channels / 8;

    /// <summary>Bytes of a row.</summary>
    public static int RowBytes => Pitch * SharedRows.ChunkBytes;

    /// <summary>Bytes of the keys of a stage.</summary>
    public static int KeyBytes => THead.Keys * RowBytes;

    /// <summary>Bytes of a stage.</summary>
    public static int StageBytes => 2 * KeyBytes;

    /// <summary>Shared memory of a group.</summary>
    public static int SharedBytes => StageBytes + IntrinsicMath.Max(StageBytes, Queries * RowBytes);

    /// <summary>Steps of 16 channels in a row; an odd chunk behind them is a step of 8.</summary>
    public static int Steps => Pitch / 2;

    /// <summary>1 where a row has an odd chunk.</summary>
    public static int OddSteps => Pitch & 1;

    /// <summary>Blocks of 8 keys.</summary>
    public static int KeyBlocks => THead.Keys / 8;

    /// <summary>Chunks that the swizzle exchanges among one another; a lane's address of chunk c is that of c % this, and a constant.</summary>
    public static int Swizzled => (Pitch & 7) == 0 ? 8 : (Pitch & 3) == 0 ? 4 : (Pitch & 1) == 0 ? 2 : 1;

    /// <summary>The same in steps of two chunks.</summary>
    public static int SwizzledSteps => IntrinsicMath.Max(Swizzled / 2, 1);

    /// <summary>Chunks of the keys or of the values of a stage that every thread copies.</summary>
    public static int Copies => THead.Keys * Pitch / Threads;

    /// <summary>Threads that copy one more.</summary>
    public static int LastCopies => (THead.Keys * Pitch) - (Copies * Threads);

    /// <summary>The most that a thread copies.</summary>
    public static int MostCopies => LastCopies > 0 ? Copies + 1 : Copies;
}
