using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
using ILGPU;
using ILGPU.Runtime;

#pragma warning disable CS0649 // the fields are filled on the device
namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>Small kernels that have what the passes are for.</summary>
internal static class ExampleKernels
{
    public const int GroupSize = 64;

    public interface ITile
    {
        static abstract int Rows { get; }

        static abstract int Columns { get; }
    }

    /// <summary>y = a b for 16 x 16 tiles of 64 threads: shared memory, and a tile of sums in registers.</summary>
    public static void Product<TTile>(ProductArgs args) where TTile : struct, ITile
    {
        const int Depth = 8;
        int rows = 8 * TTile.Rows, columns = 8 * TTile.Columns;
        var a = SharedMemory.Allocate<float>(Depth * 8 * 4);
        var b = SharedMemory.Allocate<float>(Depth * 8 * 4);
        var sums = LocalMemory.Allocate<float>(16);
        var left = LocalMemory.Allocate<float>(4);
        var right = LocalMemory.Allocate<float>(4);
        int thread = Group.IdxX, row = thread / 8, column = thread % 8, firstRow = Grid.IdxY * rows, firstColumn = Grid.IdxX * columns;
        for (int i = 0; i < TTile.Rows * TTile.Columns; i++) sums[i] = 0;
        for (int k = 0; k < args.Depth; k += Depth)
        {
            for (int i = thread; i < rows * Depth; i += GroupSize)
                a[(i % Depth * 32) + (i / Depth)] =
                    Float32Element.Load(args.A, ((long)(firstRow + (i / Depth)) * args.Depth) + k + (i % Depth));
            for (int i = thread; i < columns * Depth; i += GroupSize)
                b[(i / columns * 32) + (i % columns)] =
                    Float32Element.Load(args.B, ((long)(k + (i / columns)) * args.Columns) + firstColumn + (i % columns));
            Threads.Wait();
            for (int d = 0; d < Depth; d++)
            {
                for (int i = 0; i < TTile.Rows; i++) left[i] = a[(d * 32) + (row * TTile.Rows) + i];
                for (int i = 0; i < TTile.Columns; i++) right[i] = b[(d * 32) + (column * TTile.Columns) + i];
                for (int i = 0; i < TTile.Rows; i++)
                {
                    for (int j = 0; j < TTile.Columns; j++) sums[(i * TTile.Columns) + j] += left[i] * right[j];
                }
            }

            Threads.Wait();
        }

        for (int i = 0; i < TTile.Rows; i++)
        {
            for (int j = 0; j < TTile.Columns; j++)
            {
                long at = ((long)(firstRow + (row * TTile.Rows) + i) * args.Columns) + firstColumn + (column * TTile.Columns) + j;
                Float32Element.Store(args.Y, at, sums[(i * TTile.Columns) + j]);
            }
        }
    }

    /// <summary>Softmax of rows of 256 by 64 threads, four numbers of each in registers.</summary>
    public static void Softmax(RowArgs args)
    {
        const int Each = 4;
        var values = LocalMemory.Allocate<float>(Each);
        var shared = SharedMemory.Allocate<float>(GroupSize);
        int thread = Group.IdxX;
        long row = (long)Grid.IdxX * Each * GroupSize;
        float largest = float.MinValue, sum = 0;
        for (int i = 0; i < Each; i++) values[i] = Float32Element.Load(args.X, row + thread + (i * GroupSize));
        for (int i = 0; i < Each; i++) largest = IntrinsicMath.Max(largest, values[i]);
        shared[thread] = largest;
        Threads.Wait();
        for (int half = GroupSize / 2; half > 0; half /= 2)
        {
            if (thread < half) shared[thread] = IntrinsicMath.Max(shared[thread], shared[thread + half]);
            Threads.Wait();
        }

        largest = shared[0];
        Threads.Wait();
        for (int i = 0; i < Each; i++)
        {
            values[i] = PtxIntrinsics.Exp2((values[i] - largest) * 1.442695041f);
            sum += values[i];
        }

        shared[thread] = sum;
        Threads.Wait();
        for (int half = GroupSize / 2; half > 0; half /= 2)
        {
            if (thread < half) shared[thread] += shared[thread + half];
            Threads.Wait();
        }

        sum = 1 / shared[0];
        for (int i = 0; i < Each; i++) Float32Element.Store(args.Y, row + thread + (i * GroupSize), values[i] * sum);
    }

    /// <summary>An array that is read at a place that only the run knows: it cannot live in registers.</summary>
    public static void Lookup(RowArgs args)
    {
        var values = LocalMemory.Allocate<float>(8);
        for (int i = 0; i < 8; i++) values[i] = Float32Element.Load(args.X, i);
        Float32Element.Store(args.Y, Group.IdxX, values[(args.Count + Group.IdxX) & 7]);
    }

    /// <summary>Each portable instruction once.</summary>
    public static void Instructions(RowArgs args)
    {
        float x = Float32Element.Load(args.X, Group.IdxX);
        Float32Element.Store(args.Y, Group.IdxX,
            PtxIntrinsics.Fma(x, x, 0.5f) + PtxIntrinsics.ReciprocalSquareRoot(x) + PtxIntrinsics.Exp2(x));
    }

    /// <summary>Structs in and out of instructions, as products of matrices in registers need them.</summary>
    public static void Structs(RowArgs args)
    {
        var sums = default(Quad);
        var a = TestIntrinsics.LoadMatrix((uint)Group.IdxX * 16);
        TestIntrinsics.WaitForCopies(1);
        for (int i = 0; i < 2; i++) sums = TestIntrinsics.Multiply(sums, a, 3, 4);
        Float32Element.Store(args.Y, Group.IdxX, sums.X + sums.Y + sums.Z + sums.W);
    }

    /// <summary>An immediate that only the run knows.</summary>
    public static void WaitsForSome(RowArgs args)
    {
        TestIntrinsics.WaitForCopies(args.Count);
        Float32Element.Store(args.Y, Group.IdxX, 1);
    }

    /// <summary>An instruction that came with a version of the language, on an architecture that was there before.</summary>
    public static void CopiesAhead(RowArgs args)
    {
        TestIntrinsics.CopyAhead((uint)Group.IdxX * 16, args.X.Offset);
        TestIntrinsics.WaitForCopies(0);
        Float32Element.Store(args.Y, Group.IdxX, 1);
    }

    /// <summary>An instruction of one architecture alone.</summary>
    public static void Fences(RowArgs args)
    {
        TestIntrinsics.Fence();
        Float32Element.Store(args.Y, Group.IdxX, 1);
    }

    /// <summary>A kernel that no GPU can run.</summary>
    public static void Throws(RowArgs args)
    {
        if (args.Count < 0) throw new InvalidOperationException();
        Float32Element.Store(args.Y, Group.IdxX, 1);
    }

    /// <summary>The square root in float64, as a slip of a type gives it.</summary>
    public static void Doubles(RowArgs args) =>
        Float32Element.Store(args.Y, Group.IdxX, (float)Math.Sqrt(Float32Element.Load(args.X, Group.IdxX)));

    internal readonly struct Tile2x2 : ITile
    {
        public static int Rows => 2;

        public static int Columns => 2;
    }

    internal readonly struct Tile4x4 : ITile
    {
        public static int Rows => 4;

        public static int Columns => 4;
    }

    internal struct ProductArgs
    {
        public Operand Y, A, B;
        public int Depth, Columns;
    }

    internal struct RowArgs
    {
        public Operand Y, X;
        public int Count;
    }
}
