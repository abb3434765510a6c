using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution of few input channels. Where pixels are read as they lie, the sum runs over nine stretches of three or four numbers and
/// spends its time between them; here the patch under each result is gathered into one row first.
/// <code>
/// work item  96 results: 9 C numbers for each, written once, multiplied with all panels from the first cache
/// floor      2 M N K / (threads * 4 * vector width * clock) seconds, or the result's way to memory
/// </code>
/// </summary>
internal sealed unsafe class Conv2dPatches<TSimd, TVector>(CpuWorkers workers) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int RowsPerItem = 96, TileRows = GemmTile<TSimd, TVector>.Rows;

    private readonly WorkerBuffers _buffers = new(workers);

    private static int Columns => GemmTile<TSimd, TVector>.Columns;

    /// <param name="y">the result</param>
    /// <param name="pixels">of one input</param>
    /// <param name="filter">packed weights</param>
    /// <param name="epilogue">what happens to finished tiles</param>
    public void Run(Tensor y, PixelRows pixels, Filter filter, in Epilogue epilogue)
    {
        int depth = filter.Shape.Depth;
        int widened = filter.Storage == WeightStorage.Float32 ? 0 : depth * Columns;
        _buffers.Ensure(((long)((RowsPerItem * depth) + widened + (TileRows * Columns)) * sizeof(float))
            + ((long)RowsPerItem * sizeof(float*)));
        var job = new Job
        {
            Pixels = pixels,
            Filter = new PanelReader<TSimd, TVector>(filter),
            Layout = PanelLayout.Of<TSimd, TVector>(filter.Shape),
            Epilogue = EpilogueCpu<TSimd, TVector>.Of(y, filter, epilogue),
            Rows = y.Shape.Rows,
            Depth = depth,
            Widened = widened,
            Memory = _buffers.First,
            MemoryStride = _buffers.Stride,
        };
        workers.Run(ref job, checked((int)((job.Rows + RowsPerItem - 1) / RowsPerItem)), &Item);
    }

    public void Dispose() => _buffers.Dispose();

    private static void Item(Job* job, int item, int worker)
    {
        int depth = job->Depth;
        float** table = (float**)(job->Memory + (worker * job->MemoryStride));
        float* patches = (float*)(table + RowsPerItem), widened = patches + (RowsPerItem * depth), c = widened + job->Widened;
        long first = item * (long)RowsPerItem;
        int rows = (int)Math.Min(RowsPerItem, job->Rows - first), tiles = (rows + TileRows - 1) / TileRows;
        job->Pixels.Gather(patches, first, rows);

        // Rows that do not exist repeat the last one that does; their sums are not stored.
        for (int i = 0; i < tiles * TileRows; i++) table[i] = patches + (Math.Min(i, rows - 1) * depth);
        var all = new Segment(0, 0, depth);
        for (int panel = 0; panel < job->Layout.Panels; panel++)
        {
            int vectors = job->Layout.Vectors(panel);
            float* b = job->Filter.Read(job->Layout.Start(panel), (long)depth * vectors, widened);
            var epilogue = job->Epilogue.Of(panel);
            for (int t = 0; t < tiles; t++)
            {
                int row = t * TileRows, count = Math.Min(TileRows, rows - row);
                epilogue.Prefetch(first + row, count);
                GemmTile<TSimd, TVector>.Multiply(vectors, table + row, 0, &all, 1, b, c, Columns, false);
                epilogue.Store(c, first + row, count);
            }
        }
    }

    private struct Job
    {
        public PixelRows Pixels;
        public PanelReader<TSimd, TVector> Filter;
        public PanelLayout Layout;
        public EpilogueCpu<TSimd, TVector> Epilogue;
        public int Depth, Widened;
        public byte* Memory;
        public long Rows, MemoryStride;
    }
}
