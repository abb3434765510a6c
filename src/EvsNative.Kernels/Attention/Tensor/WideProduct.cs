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
        Copy<TTile, TRight>(shared, firstRow, firstColumn, 0, args);
        Copy<TTile, TRight>(shared + (uint)WideStage<TTile, TRight>.Bytes, firstRow, firstColumn, WideStage<TTile, TRight>.Depth, args);
        for (int depth = 0; depth < args.Depth; depth += WideStage<TTile, TRight>.Depth)
        {
            T.WaitForCopies(1);
            Threads.Wait();
            Copy<TTile, TRight>(filled, firstRow, firstColumn, depth + (2 * WideStage<TTile, TRight>.Depth), args);
            for (int step = 0; step < WideStage<TTile, TRight>.Depth; step += 8)
            {
                for (int i = 0; i < TTile.RowBlocks; i++)
                {
                    int row = ownRow + (16 * i) + (lane & 15), chunk = (step / 4) + (lane >> 4);
                    left[i] = Rounded(T.LoadMatrix(stage + (uint)SharedRows.Place(WideStage<TTile, TRight>.Pitch, row, chunk)));
                }

                for (int j = 0; j < TTile.ColumnBlocks; j++)
                {
                    var right = TRight.Load(
                        stage + (uint)WideStage<TTile, TRight>.LeftBytes, WideStage<TTile, TRight>.Columns, ownColumn + (16 * j), step);
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

    /// <summary>Brings rows of a stage, 64 bytes each, to shared memory. Rows that are not there become zero.</summary>
    public static void CopyRows(uint to, int rows, int firstRow, int depth, ulong from, int step, int there)
    {
        for (int at = Group.IdxX; at < rows * 4; at += 128)
        {
            int row = at >> 2, chunk = at & 3;
            bool isThere = firstRow + row < there;
            ulong place = from + (ulong)(((long)(firstRow + row) * step) + (depth * sizeof(float)) + (chunk * SharedRows.ChunkBytes));
            T.CopyAsync(to + (uint)SharedRows.Place(4, row, chunk), isThere ? place : from, isThere ? 16 : 0);
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

    private static void Copy<TTile, TRight>(uint to, int firstRow, int firstColumn, int depth, WideArgs args)
        where TTile : struct, IWideTile
        where TRight : struct, IWideRight
    {
        if (depth < args.Depth)
        {
            CopyRows(to, WideStage<TTile, TRight>.Rows, firstRow, depth, args.Left, args.LeftStep, args.Rows);
            TRight.Copy(to + (uint)WideStage<TTile, TRight>.LeftBytes, WideStage<TTile, TRight>.Columns, firstColumn, depth, args);
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
