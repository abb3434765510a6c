using EvsNative.Kernels.Compile;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>How the right operand of a product of the wide attention lies in memory: a compile-time choice.</summary>
internal interface IWideRight
{
    /// <summary>Bytes of a stage of so many columns.</summary>
    static abstract int Bytes(int columns);

    /// <summary>Where this thread's first chunk of the first stage lies.</summary>
    static abstract ulong First(int firstColumn, WideArgs args);

    /// <summary>Bytes from a stage to the next.</summary>
    static abstract long Step(WideArgs args);

    /// <summary>Brings a stage to shared memory; what is not there becomes zero.</summary>
    /// <param name="to">where</param>
    /// <param name="from">this thread's first chunk</param>
    /// <param name="columns">of a group</param>
    /// <param name="firstColumn">of the group</param>
    /// <param name="depth">where the stage begins along the summed axis</param>
    /// <param name="args">the launch's</param>
    static abstract void Copy(uint to, ulong from, int columns, int firstColumn, int depth, WideArgs args);

    /// <summary>The left operand as tensor cores read it: rounded, unless it is already.</summary>
    static abstract Fragment Left(Fragment x);

    /// <summary>Right operands of 8 numbers of the summed axis and 16 columns: two registers for each 8.</summary>
    /// <param name="stage">where it begins</param>
    /// <param name="columns">of a group</param>
    /// <param name="column">the first</param>
    /// <param name="depth">the first, in the stage</param>
    static abstract Fragment Load(uint stage, int columns, int column, int depth);
}

/// <summary>A row for each column of the product: keys, under queries.</summary>
internal readonly struct WideKeys : IWideRight
{
    private const int Pitch = 4;

    public static int Bytes(int columns) => columns * Pitch * SharedRows.ChunkBytes;

    public static ulong First(int firstColumn, WideArgs args) => WideProduct.FirstOfRows(args.Right, firstColumn, args.RightStep);

    public static long Step(WideArgs args) => Pitch * SharedRows.ChunkBytes;

    public static void Copy(uint to, ulong from, int columns, int firstColumn, int depth, WideArgs args) =>
        WideProduct.CopyRows(to, from, columns, args.Columns - firstColumn, args.RightStep);

    public static Fragment Left(Fragment x) => WideProduct.Rounded(x);

    public static Fragment Load(uint stage, int columns, int column, int depth)
    {
        int lane = Group.IdxX & 31, row = column + ((lane >> 4) * 8) + (lane & 7), chunk = (depth / 4) + ((lane >> 3) & 1);
        return WideProduct.Rounded(T.LoadMatrix(stage + (uint)SharedRows.Place(Pitch, row, chunk)));
    }
}

/// <summary>
/// A row for each number of the summed axis: values, under weights. A lane reads words; 32 bytes between rows keep four of them in
/// different banks.
/// </summary>
internal readonly struct WideValues : IWideRight
{
    private const int Depth = 16, Gap = 32;

    public static int Bytes(int columns) => Depth * RowBytes(columns);

    public static ulong First(int firstColumn, WideArgs args) =>
        args.Right + (ulong)(((long)(Group.IdxX >> 5) * args.RightStep) + ((firstColumn + ((Group.IdxX & 31) * 4)) * sizeof(float)));

    public static long Step(WideArgs args) => (long)Depth * args.RightStep;

    // A warp brings a row of 128 columns.
    public static void Copy(uint to, ulong from, int columns, int firstColumn, int depth, WideArgs args)
    {
        int row = Group.IdxX >> 5, chunk = Group.IdxX & 31;
        bool isColumn = firstColumn + (4 * chunk) < args.Columns;
        for (int i = 0; i < Depth / 4; i++)
        {
            bool isThere = isColumn & depth + row + (4 * i) < args.RightRows;
            uint place = to + (uint)(((row + (4 * i)) * RowBytes(columns)) + (chunk * SharedRows.ChunkBytes));
            T.CopyAsync(place, from + (ulong)((long)(4 * i) * args.RightStep), isThere ? SharedRows.ChunkBytes : 0);
        }
    }

    public static Fragment Left(Fragment x) => x;

    public static Fragment Load(uint stage, int columns, int column, int depth)
    {
        int lane = Group.IdxX & 31;
        uint place = stage + (uint)(((depth + (lane & 3)) * RowBytes(columns)) + ((column + (lane >> 2)) * sizeof(float)));
        uint lower = place + (uint)(4 * RowBytes(columns));
        Fragment f;
        f.A = T.RoundTf32(T.LoadSharedFloat(place));
        f.B = T.RoundTf32(T.LoadSharedFloat(lower));
        f.C = T.RoundTf32(T.LoadSharedFloat(place + 32));
        f.D = T.RoundTf32(T.LoadSharedFloat(lower + 32));
        return f;
    }

    private static int RowBytes(int columns) => (columns * sizeof(float)) + Gap;
}
