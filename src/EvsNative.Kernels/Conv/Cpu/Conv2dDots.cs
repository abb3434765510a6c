using System.Runtime.CompilerServices;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution to few output channels: dot products with the input channels across the lanes. Output channels across them would leave most
/// of a vector empty, and a number would be fetched for every multiply-add.
/// <code>
/// first      weights are turned round: [four outputs][tap][vector of input channels][output][lane]
/// then       an item is 96 results, 3 at a time times 4 outputs: 12 sums in registers, added up over the lanes at the end
/// floor      2 M N K / (threads * 4 * vector width * clock) seconds with N rounded up to four, or reading the input
/// </code>
/// </summary>
internal sealed unsafe class Conv2dDots<TSimd, TVector>(CpuWorkers workers, Scratch scratch) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int RowsPerItem = 96, Rows = 3, Group = 4;

    private readonly WorkerBuffers _buffers = new(workers);

    private static int Columns => GemmTile<TSimd, TVector>.Columns;

    /// <param name="y">the result, of at most a vector of channels</param>
    /// <param name="pixels">of inputs of whole vectors of channels</param>
    /// <param name="filter">packed weights</param>
    /// <param name="epilogue">what happens to finished rows</param>
    public void Run(Tensor y, PixelRows pixels, Filter filter, in Epilogue epilogue)
    {
        int taps = pixels.Kernel * pixels.Kernel, inputs = pixels.C2 == 0 ? 1 : 2, channels = filter.Shape.In;
        int groups = (filter.Shape.Out + Group - 1) / Group;
        _buffers.Ensure(((long)RowsPerItem * Columns * sizeof(float)) + ((long)taps * inputs * RowsPerItem * sizeof(float*)));
        var mark = scratch.Here();
        var job = new Job
        {
            Pixels = pixels,
            Filter = new PanelReader<TSimd, TVector>(filter),
            Epilogue = EpilogueCpu<TSimd, TVector>.Of(y, filter, epilogue),
            Turned = scratch.Rent(new Shape(groups, taps, channels, Group), ElementType.Float32).Floats(),
            Widened = scratch.Rent(new Shape(1, taps, channels, TSimd.Count), ElementType.Float32).Floats(),
            Rows = y.Shape.Rows,
            Taps = taps,
            Sources = taps * inputs,
            Channels = channels,
            Outputs = filter.Shape.Out,
            Groups = groups,
            Memory = _buffers.First,
            MemoryStride = _buffers.Stride,
        };
        workers.Run(ref job, taps, &Turn);
        workers.Run(ref job, checked((int)((job.Rows + RowsPerItem - 1) / RowsPerItem)), &Item);
        scratch.Release(mark);
    }

    public void Dispose() => _buffers.Dispose();

    /// <summary>
    /// A tap's weights, from [channel][output] to [channel / Count][output][channel % Count]; zeros behind the last output.
    /// </summary>
    private static void Turn(Job* job, int tap, int worker)
    {
        int channels = job->Channels, lane = TSimd.Count;
        long start = (long)tap * channels * lane;
        float* from = job->Filter.Read(start, channels, job->Widened + start);
        for (int output = 0; output < job->Groups * Group; output++)
        {
            float* to = job->Turned + ((((long)(output / Group) * job->Taps) + tap) * channels * Group) + (output % Group * lane);
            for (int c = 0; c < channels; c++)
                to[(c / lane * Group * lane) + (c % lane)] = output < job->Outputs ? from[(c * lane) + output] : 0;
        }
    }

    private static void Item(Job* job, int item, int worker)
    {
        float* c = (float*)(job->Memory + (worker * job->MemoryStride));
        float** table = (float**)(c + (RowsPerItem * Columns));
        long first = item * (long)RowsPerItem;
        int rows = (int)Math.Min(RowsPerItem, job->Rows - first);
        job->Pixels.Locate(table, RowsPerItem, first, rows);
        for (int group = 0; group < job->Groups; group++)
        {
            float* weights = job->Turned + ((long)group * job->Taps * job->Channels * Group);

            // The last three may repeat some of those before them: the same numbers once more.
            for (int i = 0; i < rows; i += Rows)
            {
                int at = Math.Max(0, Math.Min(i, rows - Rows));
                Multiply(job, table + at, Math.Min(1, rows - 1), Math.Min(2, rows - 1), weights, c + (at * Columns) + (group * Group));
            }
        }

        job->Epilogue.Store(c, first, rows, 0);
    }

    /// <summary>Three rows, at 0 and the two offsets, times four outputs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Multiply(Job* job, float** table, int second, int third, float* weights, float* c)
    {
        TVector c00 = default, c01 = default, c02 = default, c03 = default, c10 = default, c11 = default, c12 = default, c13 = default;
        TVector c20 = default, c21 = default, c22 = default, c23 = default;
        int inputs = job->Sources / job->Taps;
        for (int source = 0; source < job->Sources; source++, table += RowsPerItem)
        {
            float* a0 = table[0], a1 = table[second], a2 = table[third];
            nint length = source % inputs == 0 ? job->Pixels.C1 : job->Pixels.C2;
            for (nint k = 0; k < length; k += TSimd.Count, weights += Group * TSimd.Count)
            {
                TVector x0 = TSimd.Load(a0 + k), x1 = TSimd.Load(a1 + k), x2 = TSimd.Load(a2 + k);
                var w = TSimd.Load(weights);
                (c00, c10, c20) = (TSimd.MultiplyAdd(x0, w, c00), TSimd.MultiplyAdd(x1, w, c10), TSimd.MultiplyAdd(x2, w, c20));
                w = TSimd.Load(weights + TSimd.Count);
                (c01, c11, c21) = (TSimd.MultiplyAdd(x0, w, c01), TSimd.MultiplyAdd(x1, w, c11), TSimd.MultiplyAdd(x2, w, c21));
                w = TSimd.Load(weights + (2 * TSimd.Count));
                (c02, c12, c22) = (TSimd.MultiplyAdd(x0, w, c02), TSimd.MultiplyAdd(x1, w, c12), TSimd.MultiplyAdd(x2, w, c22));
                w = TSimd.Load(weights + (3 * TSimd.Count));
                (c03, c13, c23) = (TSimd.MultiplyAdd(x0, w, c03), TSimd.MultiplyAdd(x1, w, c13), TSimd.MultiplyAdd(x2, w, c23));
            }
        }

        Store(c, c00, c01, c02, c03);
        Store(c + (second * Columns), c10, c11, c12, c13);
        Store(c + (third * Columns), c20, c21, c22, c23);
    }

    private static void Store(float* to, TVector v0, TVector v1, TVector v2, TVector v3)
    {
        (to[0], to[1], to[2], to[3]) = (TSimd.Sum(v0), TSimd.Sum(v1), TSimd.Sum(v2), TSimd.Sum(v3));
    }

    private struct Job
    {
        public PixelRows Pixels;
        public PanelReader<TSimd, TVector> Filter;
        public EpilogueCpu<TSimd, TVector> Epilogue;
        public float* Turned, Widened;
        public int Taps, Sources, Channels, Outputs, Groups;
        public byte* Memory;
        public long Rows, MemoryStride;
    }
}
