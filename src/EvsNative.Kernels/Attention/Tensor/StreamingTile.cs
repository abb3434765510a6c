using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>How a group of the streaming kernel works: all its compile-time constants.</summary>
internal interface IStreamingTile
{
    /// <summary>Threads of a group: four warps, each with queries of its own.</summary>
    static abstract int Threads { get; }

    /// <summary>Blocks of 16 queries of a warp.</summary>
    static abstract int Blocks { get; }

    /// <summary>Queries of a warp.</summary>
    static abstract int WarpQueries { get; }

    /// <summary>Queries of a group.</summary>
    static abstract int Queries { get; }

    /// <summary>Keys at a time.</summary>
    static abstract int Keys { get; }

    /// <summary>Blocks of 8 keys.</summary>
    static abstract int KeyBlocks { get; }

    /// <summary>Halves of 32 keys, which is what a lane's addresses reach.</summary>
    static abstract int KeyHalves { get; }

    /// <summary>16-byte chunks of a row in shared memory, each 8 channels.</summary>
    static abstract int Pitch { get; }

    /// <summary>Bytes of a row.</summary>
    static abstract int RowBytes { get; }

    /// <summary>Bytes of the keys of a stage; its values lie behind them.</summary>
    static abstract int KeyBytes { get; }

    /// <summary>Bytes of a stage.</summary>
    static abstract int StageBytes { get; }

    /// <summary>Shared memory of a group.</summary>
    static abstract int SharedBytes { get; }

    /// <summary>Steps of 16 channels of a row.</summary>
    static abstract int Steps { get; }

    /// <summary>True if there is a chunk behind them, which is a step of 8.</summary>
    static abstract bool HasOddChunk { get; }

    /// <summary>
    /// Chunks that the swizzle exchanges among one another: a lane's place in chunk c is that in chunk c % this, and a constant.
    /// </summary>
    static abstract int Exchanged { get; }

    /// <summary>The same counted in steps.</summary>
    static abstract int ExchangedSteps { get; }

    /// <summary>Chunks of the keys, and of the values, of a stage that every thread copies.</summary>
    static abstract int Copies { get; }

    /// <summary>Threads that copy one more.</summary>
    static abstract int LastCopies { get; }
}

/// <summary>
/// What follows from a head. Rows have no padding, see <see cref="SharedRows"/>. Two stages take turns. The queries first come to where the
/// second stage will be, and what is behind it; the result leaves through the same memory.
/// </summary>
internal readonly struct StreamingTile<THead> : IStreamingTile
    where THead : struct, IAttentionHeadTensor
{
    public static int Threads => 128;

    public static int Blocks => THead.Blocks;

    public static int WarpQueries => 16 * THead.Blocks;

    public static int Queries => 4 * WarpQueries;

    public static int Keys => THead.Keys;

    public static int KeyBlocks => THead.Keys / 8;

    public static int KeyHalves => THead.Keys / 32;

    public static int Pitch => THead.Channels / 8;

    public static int RowBytes => Pitch * SharedRows.ChunkBytes;

    public static int KeyBytes => THead.Keys * RowBytes;

    public static int StageBytes => 2 * KeyBytes;

    public static int SharedBytes => StageBytes + IntrinsicMath.Max(StageBytes, Queries * RowBytes);

    public static int Steps => Pitch / 2;

    public static bool HasOddChunk => (Pitch & 1) != 0;

    public static int Exchanged => (Pitch & 7) == 0 ? 8 : (Pitch & 3) == 0 ? 4 : (Pitch & 1) == 0 ? 2 : 1;

    public static int ExchangedSteps => IntrinsicMath.Max(Exchanged / 2, 1);

    public static int Copies => Keys * Pitch / Threads;

    public static int LastCopies => Keys * Pitch % Threads;
}
