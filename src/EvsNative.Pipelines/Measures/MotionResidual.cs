using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Measures;

/// <summary>
/// What stays of the difference between neighbouring frames when movement is followed: each 8x8 block of frame t+1 is compared with every
/// place of frame t within 8 pixels (edges repeated), the least sum of absolute differences counts. Rows and columns that do not
/// fill a block are left out.
/// </summary>
internal static class MotionResidual
{
    private const int Block = 8;
    private const int Reach = 8;

    /// <summary>Pixels that lie in a block.</summary>
    public static double Pixels(VideoFormat format) => (double)(format.Height / Block) * (format.Width / Block) * Block * Block;

    /// <summary>Sum over the blocks of the later frame: found on all processors, added up in the blocks' order.</summary>
    public static double Between(Luma earlier, Luma later, CancellationToken cancellation)
    {
        int rows = later.Height / Block, columns = later.Width / Block, width = later.Width;
        if (rows == 0 || columns == 0) return 0;
        int stride = columns * Block + 2 * Reach, length = (rows * Block + 2 * Reach) * stride;
        float[] before = ArrayPool<float>.Shared.Rent(length), least = ArrayPool<float>.Shared.Rent(rows * columns);
        Pad(earlier.Values, width, rows * Block, columns * Block, before);
        // Unbounded, the pool's threads would come to be more than the processors.
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, rows, options, row =>
        {
            var after = later.Values;
            for (int column = 0; column < columns; column++)
            {
                var block = after[(row * Block * width + column * Block)..];
                least[row * columns + column] = Least(block, width, before.AsSpan(row * Block * stride + column * Block), stride);
            }
        });

        double sum = 0;
        foreach (float of in least.AsSpan(0, rows * columns)) sum += of;
        ArrayPool<float>.Shared.Return(before);
        ArrayPool<float>.Shared.Return(least);
        return sum;
    }

    /// <summary>The block stays in registers while the 17x17 places pass by.</summary>
    private static float Least(ReadOnlySpan<float> block, int blockStride, ReadOnlySpan<float> places, int stride)
    {
        Vector256<float> r0 = Row(block, 0), r1 = Row(block, blockStride);
        Vector256<float> r2 = Row(block, 2 * blockStride), r3 = Row(block, 3 * blockStride);
        Vector256<float> r4 = Row(block, 4 * blockStride), r5 = Row(block, 5 * blockStride);
        Vector256<float> r6 = Row(block, 6 * blockStride), r7 = Row(block, 7 * blockStride);
        float least = float.PositiveInfinity;
        for (int dy = 0; dy <= 2 * Reach; dy++)
        {
            for (int dx = 0; dx <= 2 * Reach; dx++)
            {
                int at = dy * stride + dx;
                Vector256<float> even = Vector256.Abs(r0 - Row(places, at)), odd = Vector256.Abs(r1 - Row(places, at + stride));
                even += Vector256.Abs(r2 - Row(places, at + 2 * stride));
                odd += Vector256.Abs(r3 - Row(places, at + 3 * stride));
                even += Vector256.Abs(r4 - Row(places, at + 4 * stride));
                odd += Vector256.Abs(r5 - Row(places, at + 5 * stride));
                even += Vector256.Abs(r6 - Row(places, at + 6 * stride));
                odd += Vector256.Abs(r7 - Row(places, at + 7 * stride));
                least = Math.Min(least, Vector256.Sum(even + odd));
            }
        }

        return least;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Row(ReadOnlySpan<float> from, int at) => Vector256.Create(from.Slice(at, Block));

    /// <summary>The part of a frame that blocks fill, with its edges repeated on all sides.</summary>
    private static void Pad(ReadOnlySpan<float> frame, int width, int height, int columns, Span<float> padded)
    {
        int stride = columns + 2 * Reach;
        for (int y = 0; y < height + 2 * Reach; y++)
        {
            var from = frame.Slice(Math.Clamp(y - Reach, 0, height - 1) * width, columns);
            var to = padded.Slice(y * stride, stride);
            to[..Reach].Fill(from[0]);
            from.CopyTo(to[Reach..]);
            to[(Reach + columns)..].Fill(from[^1]);
        }
    }
}
