using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;
using ILGPU;

using T = EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// A product of float32 matrices on tensor cores: numbers are rounded to tf32 where fragments are read, sums are float32.
/// <code>
/// groups  a tile of the result, columns fastest; four warps have a quarter each
/// shared  three stages of 16 numbers of the summed axis, by asynchronous copies
/// step    8 numbers: 4 + 4 loads of fragments to 32 products of 16 x 8
/// </code>
/// </summary>
internal static class WideProduct
{
    /// <summary>The kernel.</summary>
    public static void Kernel<TTile, TRight>(Launch launch)
        where TTile : struct, IWideTile
        where TRight : struct, IWideRight
    {
        SharedMemory.GetDynamic<Fragment>();
        var left = LocalMemory.Allocate<Fragment>(TTile.RowBlocks);
        var sums = LocalMemory.Allocate<Sums>(TTile.RowBlocks * 2 * TTile.ColumnBlocks);
        var args = launch.Args;
        args.Left = Place(launch.Left);
        args.Right = Place(launch.Right);
        args.Result = Place(launch.Result);
        int warp = Group.IdxX >> 5, lane = Group.IdxX & 31;
        int firstColumn = Grid.IdxX % args.ColumnParts * WideStage<TTile, TRight>.Columns;
        int firstRow = Grid.IdxX / args.ColumnParts * WideStage<TTile, TRight>.Rows;
        int ownRow = (warp >> 1) * 16 * TTile.RowBlocks, ownColumn = (warp & 1) * 16 * TTile.ColumnBlocks;
        uint shared = T.SharedBase(), stage = shared, last = shared + (uint)(2 * WideStage<TTile, TRight>.Bytes), filled = last;
        for (int i = 0; i < TTile.RowBlocks * 2 * TTile.ColumnBlocks; i++) sums[i] = default;
        ulong rows = FirstOfRows(args.Left, firstRow, args.LeftStep), columns = TRight.First(firstColumn, args);
        ulong leftStep = (ulong)(WideStage<TTile, TRight>.Pitch * SharedRows.ChunkBytes), rightStep = (ulong)TRight.Step(args);
        Copy<TTile, TRight>(shared, rows, columns, firstRow, firstColumn, 0, args);
        rows += leftStep;
        columns += rightStep;
        Copy<TTile, TRight>(
            shared + (uint)WideStage<TTile, TRight>.Bytes, rows, columns, firstRow, firstColumn, WideStage<TTile, TRight>.Depth, args);
        for (int depth = 0; depth < args.Depth; depth += WideStage<TTile, TRight>.Depth)
        {
            T.WaitForCopies(1);
            Threads.Wait();
            rows += leftStep;
            columns += rightStep;
            Copy<TTile, TRight>(filled, rows, columns, firstRow, firstColumn, depth + (2 * WideStage<TTile, TRight>.Depth), args);
            for (int part = 0; part < WideStage<TTile, TRight>.Depth; part += 8)
            {
                for (int i = 0; i < TTile.RowBlocks; i++)
                {
                    int row = ownRow + (16 * i) + (lane & 15), chunk = (part / 4) + (lane >> 4);
                    left[i] = TRight.Left(T.LoadMatrix(stage + (uint)SharedRows.Place(WideStage<TTile, TRight>.Pitch, row, chunk)));
                }

                for (int j = 0; j < TTile.ColumnBlocks; j++)
                {
                    var right = TRight.Load(
                        stage + (uint)WideStage<TTile, TRight>.LeftBytes, WideStage<TTile, TRight>.Columns, ownColumn + (16 * j), part);
                    for (int i = 0; i < TTile.RowBlocks; i++)
                    {
                        int at = (i * 2 * TTile.ColumnBlocks) + (2 * j);
                        sums[at] = T.MultiplyTf32(sums[at], left[i], right.A, right.B);
                        sums[at + 1] = T.MultiplyTf32(sums[at + 1], left[i], right.C, right.D);
                    }
                }
            }

            stage = stage == last ? shared : stage + (uint)WideStage<TTile, TRight>.Bytes;
            filled = filled == last ? shared : filled + (uint)WideStage<TTile, TRight>.Bytes;
        }

        T.WaitForCopies(0);
        for (int i = 0; i < TTile.RowBlocks; i++)
        {
            int row = firstRow + ownRow + (16 * i) + (lane >> 2);
            for (int j = 0; j < 2 * TTile.ColumnBlocks; j++)
            {
                int column = firstColumn + ownColumn + (8 * j) + (2 * (lane & 3));
                var x = sums[(i * 2 * TTile.ColumnBlocks) + j];
                Store(row, column, x.A, x.B, args);
                Store(row + 8, column, x.C, x.D, args);
            }
        }
    }

    /// <summary>Where this thread's chunk of the first row of a stage's lies: four threads have a row.</summary>
    public static ulong FirstOfRows(ulong from, int firstRow, int step) =>
        from + (ulong)(((long)(firstRow + (Group.IdxX >> 2)) * step) + ((Group.IdxX & 3) * SharedRows.ChunkBytes));

    /// <summary>Brings rows of a stage, 64 bytes each, to shared memory. Rows that are not there become zero.</summary>
    public static void CopyRows(uint to, ulong from, int rows, int there, int step)
    {
        int row = Group.IdxX >> 2;
        uint place = to + (uint)SharedRows.Place(4, row, Group.IdxX & 3);
        for (int i = 0; i < rows / 32; i++)
        {
            int bytes = row + (32 * i) < there ? SharedRows.ChunkBytes : 0;
            T.CopyAsync(place + (uint)(32 * 64 * i), from + (ulong)((long)(32 * i) * step), bytes);
        }
    }

    /// <summary>Four float32 rounded to what tensor cores read.</summary>
    public static Fragment Rounded(Fragment x) => new()
    {
        A = T.RoundTf32(Interop.IntAsFloat(x.A)),
        B = T.RoundTf32(Interop.IntAsFloat(x.B)),
        C = T.RoundTf32(Interop.IntAsFloat(x.C)),
        D = T.RoundTf32(Interop.IntAsFloat(x.D)),
    };

    private static ulong Place(Operand x) => T.GlobalAddress(ref x.Memory[0]) + (ulong)(x.Offset * sizeof(float));

    private static void Copy<TTile, TRight>(
        uint to, ulong rows, ulong columns, int firstRow, int firstColumn, int depth, WideArgs args)
        where TTile : struct, IWideTile
        where TRight : struct, IWideRight
    {
        if (depth < args.Depth)
        {
            CopyRows(to, rows, WideStage<TTile, TRight>.Rows, args.Rows - firstRow, args.LeftStep);
            TRight.Copy(
                to + (uint)WideStage<TTile, TRight>.LeftBytes, columns, WideStage<TTile, TRight>.Columns, firstColumn, depth, args);
        }

        T.CommitCopies();
    }

    private static void Store(int row, int column, float first, float second, WideArgs args)
    {
        if (row < args.Rows & column < args.ResultColumns)
            T.StoreGlobal(args.Result + (ulong)(((long)row * args.ResultStep) + (column * sizeof(float))), first, second);
    }

    /// <summary>A launch: the operands' places, and the rest.</summary>
    internal struct Launch
    {
        public Operand Left, Right, Result;
        public WideArgs Args;
    }
}
