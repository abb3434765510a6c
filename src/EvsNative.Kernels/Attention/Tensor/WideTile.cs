using EvsNative.Kernels.TensorCores;

namespace EvsNative.Kernels.Attention;

/// <summary>A tile of a product of the wide attention: compile-time constants. Four warps have a quarter of it each.</summary>
internal interface IWideTile
{
    /// <summary>Blocks of 16 rows of a warp.</summary>
    static abstract int RowBlocks { get; }

    /// <summary>Blocks of 16 columns of a warp.</summary>
    static abstract int ColumnBlocks { get; }
}

/// <summary>128 x 128: scores.</summary>
internal readonly struct WideSquare : IWideTile
{
    public static int RowBlocks => 4;

    public static int ColumnBlocks => 4;
}

/// <summary>64 x 128: the result, which has few columns.</summary>
internal readonly struct WideLow : IWideTile
{
    public static int RowBlocks => 2;

    public static int ColumnBlocks => 4;
}

/// <summary>What follows from a tile and how its right operand lies.</summary>
internal static class WideStage<TTile, TRight>
    where TTile : struct, IWideTile
    where TRight : struct, IWideRight
{
    /// <summary>Numbers of the summed axis of a stage: 64 bytes.</summary>
    public const int Depth = 16;

    /// <summary>Stages in shared memory.</summary>
    public const int Stages = 3;

    /// <summary>Threads of a group.</summary>
    public const int Threads = 128;

    /// <summary>Chunks of a row of a stage.</summary>
    public const int Pitch = Depth * sizeof(float) / SharedRows.ChunkBytes;

    /// <summary>Rows of a group.</summary>
    public static int Rows => 32 * TTile.RowBlocks;

    /// <summary>Columns of a group.</summary>
    public static int Columns => 32 * TTile.ColumnBlocks;

    /// <summary>Bytes of the left operand of a stage.</summary>
    public static int LeftBytes => Rows * Depth * sizeof(float);

    /// <summary>Bytes of a stage.</summary>
    public static int Bytes => LeftBytes + TRight.Bytes(Columns);

    /// <summary>Shared memory of a group.</summary>
    public static int SharedBytes => Stages * Bytes;
}
