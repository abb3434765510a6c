namespace EvsNative.Kernels.Gemm;

/// <summary>The part of a product that a group of threads makes, as compile-time constants.</summary>
internal interface IProductTile
{
    /// <summary>Rows of the group.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the group, a multiple of four.</summary>
    static abstract int Columns { get; }

    /// <summary>Channels that lie in shared memory at a time, a multiple of four.</summary>
    static abstract int Depth { get; }

    /// <summary>Rows of a thread: 1 or a multiple of four.</summary>
    static abstract int ThreadRows { get; }

    /// <summary>Columns of a thread, a multiple of four.</summary>
    static abstract int ThreadColumns { get; }

    /// <summary>
    /// There may be an activation, and rows that cannot be moved four elements at a time. Large tiles, which few such products need, do
    /// without that code.
    /// </summary>
    static abstract bool IsGeneral { get; }
}

/// <summary>For large products on large GPUs: four multiply-adds for each number read from shared memory.</summary>
internal readonly struct LargeTile : IProductTile
{
    public static int Rows => 128;
    public static int Columns => 128;
    public static int Depth => 16;
    public static int ThreadRows => 8;
    public static int ThreadColumns => 8;
    public static bool IsGeneral => false;
}

/// <summary>For widths of which 64 is a better divisor than 128, 320 above all.</summary>
internal readonly struct TallTile : IProductTile
{
    public static int Rows => 128;
    public static int Columns => 64;
    public static int Depth => 16;
    public static int ThreadRows => 8;
    public static int ThreadColumns => 4;
    public static bool IsGeneral => false;
}

/// <summary>For what would leave a GPU half empty in larger tiles, for weak GPUs, and for processors.</summary>
internal readonly struct SmallTile : IProductTile
{
    public static int Rows => 64;
    public static int Columns => 64;
    public static int Depth => 16;
    public static int ThreadRows => 4;
    public static int ThreadColumns => 4;
    public static bool IsGeneral => true;
}

/// <summary>For few columns: the last convolution of a network.</summary>
internal readonly struct NarrowTile : IProductTile
{
    public static int Rows => 128;
    public static int Columns => 4;
    public static int Depth => 16;
    public static int ThreadRows => 1;
    public static int ThreadColumns => 4;
    public static bool IsGeneral => true;
}

/// <summary>
/// For few rows: vectors of times. Most of the time is spent on reading weights, of which much must be under way at a time.
/// </summary>
internal readonly struct LowTile : IProductTile
{
    public static int Rows => 16;
    public static int Columns => 32;
    public static int Depth => 64;
    public static int ThreadRows => 1;
    public static int ThreadColumns => 4;
    public static bool IsGeneral => true;
}
