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

    /// <summary>Brings a stage to shared memory; what is not there becomes zero.</summary>
    /// <param name="to">where</param>
    /// <param name="columns">of a group</param>
    /// <param name="firstColumn">of the group</param>
    /// <param name="depth">where the stage begins along the summed axis</param>
    /// <param name="args">the launch's</param>
    static abstract void Copy(uint to, int columns, int firstColumn, int depth, WideArgs args);

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

    public static void Copy(uint to, int columns, int firstColumn, int depth, WideArgs args) =>
        WideProduct.CopyRows(to, columns, firstColumn, depth, args.Right, args.RightStep, args.Columns);

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

    public static void Copy(uint to, int columns, int firstColumn, int depth, WideArgs args)
    {
        int chunks = columns / 4;
        for (int at = Group.IdxX; at < Depth * chunks; at += 128)
        {
            int row = at / chunks, chunk = at - (row * chunks), column = firstColumn + (4 * chunk);
            bool isThere = depth + row < args.RightRows & column < args.Columns;
            ulong from = args.Right + (ulong)(((long)(depth + row) * args.RightStep) + (column * sizeof(float)));
            T.CopyAsync(to + (uint)((row * RowBytes(columns)) + (chunk * SharedRows.ChunkBytes)), isThere ? from : args.Right, isThere ? 16 : 0);
        }
    }

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
