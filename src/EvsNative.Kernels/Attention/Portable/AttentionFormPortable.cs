using ILGPU;

namespace EvsNative.Kernels.Attention;

/// <summary>A form of the attention kernel: all its compile-time constants.</summary>
internal interface IAttentionForm
{
    /// <summary>Threads of a group.</summary>
    static abstract int Threads { get; }

    /// <summary>Threads side by side: across keys in the first product, across channels in the second.</summary>
    static abstract int ThreadColumns { get; }

    /// <summary>Threads one below the other, across queries.</summary>
    static abstract int ThreadRows { get; }

    /// <summary>Queries of a group.</summary>
    static abstract int Queries { get; }

    /// <summary>Keys at a time.</summary>
    static abstract int Keys { get; }

    /// <summary>Channels of a group's result.</summary>
    static abstract int Channels { get; }

    /// <summary>Queries of a thread.</summary>
    static abstract int OwnQueries { get; }

    /// <summary>Keys of a thread.</summary>
    static abstract int OwnKeys { get; }

    /// <summary>Channels of the result of a thread.</summary>
    static abstract int OwnChannels { get; }

    /// <summary>Channels of queries and keys that are in shared memory at a time.</summary>
    static abstract int Depth { get; }

    /// <summary>Threads that load a row of these.</summary>
    static abstract int Lanes { get; }

    /// <summary>Keys whose values are in shared memory at a time.</summary>
    static abstract int ValueKeys { get; }

    /// <summary>Threads that share the softmax of a row.</summary>
    static abstract int RowThreads { get; }

    /// <summary>From one row of scores to the next.</summary>
    static abstract int ScoreStride { get; }

    /// <summary>From one row of values to the next.</summary>
    static abstract int ValueStride { get; }

    /// <summary>Where the keys lie behind the queries.</summary>
    static abstract int KeyPiece { get; }

    /// <summary>Floats of a piece of the queries beside one of the keys; values come into the same place afterwards.</summary>
    static abstract int PieceFloats { get; }

    /// <summary>From a query or a key to the next in a piece.</summary>
    static abstract int RowStride { get; }
}

/// <summary>
/// The form that follows from a tile and a width. Neighbouring threads have neighbouring keys and channels, and rows in shared memory begin
/// in different banks.
/// </summary>
internal readonly struct AttentionForm<TTile, TWidth> : IAttentionForm
    where TTile : struct, IAttentionTile
    where TWidth : struct, IAttentionWidth
{
    public static int Threads => TTile.ThreadRows * TTile.ThreadColumns;

    public static int ThreadColumns => TTile.ThreadColumns;

    public static int ThreadRows => TTile.ThreadRows;

    public static int Queries => TTile.ThreadRows * TTile.Queries;

    public static int Keys => TTile.ThreadColumns * TTile.Keys;

    public static int Channels => TTile.ThreadColumns * TWidth.Channels;

    public static int OwnQueries => TTile.Queries;

    public static int OwnKeys => TTile.Keys;

    public static int OwnChannels => TWidth.Channels;

    public static int Depth => TWidth.Depth;

    public static int Lanes => TWidth.Lanes;

    public static int ValueKeys => IntrinsicMath.Min(TWidth.ValueKeys, Keys);

    public static int RowThreads => Threads / Queries;

    public static int ScoreStride => Keys + TTile.Gap;

    public static int ValueStride => Channels + TWidth.Gap;

    public static int RowStride => Depth + 1;

    public static int KeyPiece => Queries * RowStride;

    public static int PieceFloats => IntrinsicMath.Max((Queries + Keys) * RowStride, ValueKeys * ValueStride);
}
