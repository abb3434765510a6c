using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>
/// The <see cref="ChannelMoments"/> of a result, while a tile holds it: a band of a tile is one run of pixels. Finished rows go back to
/// where their sums were in shared memory, and a thread walks down a column; sums are of values less the first one. Threads have no
/// registers for more: those of other bands still hold all their sums.
/// </summary>
internal static class ProductMomentsTensor
{
    // Rows that a thread reads at once.
    private const int InFlight = 8;

    /// <summary>Eight finished numbers of a row take the place of their sums.</summary>
    public static void Keep(ArrayView<float> values, uint row, int at, int part)
    {
        for (int c = 0; c < 2; c++)
        {
            Fragment bits;
            bits.A = Interop.FloatAsInt(values[4 * c]);
            bits.B = Interop.FloatAsInt(values[(4 * c) + 1]);
            bits.C = Interop.FloatAsInt(values[(4 * c) + 2]);
            bits.D = Interop.FloatAsInt(values[(4 * c) + 3]);
            TensorIntrinsics.StoreShared(row + (uint)SharedSums.Place(at, (2 * part) + c), bits);
        }
    }

    /// <summary>Writes what a band comes to. All threads of the group come here.</summary>
    /// <param name="args">of the kernel</param>
    /// <param name="band">the finished rows in shared memory</param>
    /// <param name="firstRow">of the band; beyond the last row there is nothing to write</param>
    /// <param name="firstColumn">of the tile</param>
    /// <param name="columns">of the tile</param>
    /// <param name="threads">of the group</param>
    public static void Leave<TForm>(ProductArgsTensor args, uint band, int firstRow, int firstColumn, int columns, int threads)
        where TForm : struct, IProductForm
    {
        var values = LocalMemory.Allocate<float>(InFlight);
        Threads.Wait();
        int rowBytes = SharedSums.RowBytes(columns), rows = firstRow < args.Rows ? ChannelMoments.Run : 0;
        for (int c = Group.IdxX; c < columns; c += threads)
        {
            if (firstColumn + c >= args.Columns | rows == 0) continue;
            uint even = band + (uint)(SharedSums.Place(0, c >> 2) + ((c & 3) * sizeof(float)));
            uint odd = band + (uint)(SharedSums.Place(1, c >> 2) + ((c & 3) * sizeof(float)));
            float origin = TensorIntrinsics.LoadSharedFloat(even), sum = 0, square = 0;
            for (int row = 0; row < rows; row += InFlight)
            {
                for (int k = 0; k < InFlight; k++)
                    values[k] = TensorIntrinsics.LoadSharedFloat(((k & 1) == 0 ? even : odd) + (uint)((row + k) * rowBytes));
                for (int k = 0; k < InFlight; k++)
                {
                    float apart = values[k] - origin;
                    sum += apart;
                    square += apart * apart;
                }
            }

            float mean = sum / ChannelMoments.Run;
            long to = ((long)PhaseForm.Run<TForm>(args, firstRow) * 2 * args.Columns) + firstColumn + c;
            Float32Element.Store(args.Epilogue.Moments, to, origin + mean);
            Float32Element.Store(args.Epilogue.Moments, to + args.Columns, square - (sum * mean));
        }
    }
}
