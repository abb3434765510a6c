using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Where the rows of the left matrix lie.</summary>
internal unsafe interface IRowSource
{
    /// <summary>Fills table[source * stride + i] with the address of row first + i, for every source and i in 0..count-1.</summary>
    void Locate(float** table, int stride, long first, int count);
}

/// <summary>
/// The blocked product y = rows x filter, the one way to multiply on the CPU.
/// <code>
/// work item  96 rows x up to 640 columns; sums live in a private buffer that fits the second cache
/// order      blocks of the summed axis (about 256 to 352 long) > panels of 16 columns > tiles of 6 rows
/// reads      the filter once for every 96 rows, the rows once for every panel from the second cache
/// floor      2 M N K / (threads * 32 * clock) seconds
/// </code>
/// Rows are read where they lie: nothing is copied, no patch matrix exists.
/// </summary>
internal sealed unsafe class GemmCpu(CpuWorkers workers) : IDisposable
{
    private const int RowsPerItem = 96;
    private const int PanelsPerItem = 40;
    private const int ItemsPerThread = 4;
    private const int ShortestBlock = 224;
    private const int TilesPerItem = RowsPerItem / GemmTile.Rows;
    private const int TileSize = GemmTile.Rows * GemmTile.Columns;

    private readonly WorkerBuffers _buffers = new(workers.Count);

    /// <summary>Cuts a source of the summed axis into segments short enough for the first cache.</summary>
    public static int AddSegments(Span<Segment> segments, int count, int source, int length)
    {
        int pieces = (length + GemmTile.LongestSegment - 1) / GemmTile.LongestSegment;
        int piece = (((length + pieces - 1) / pieces) + 7) / 8 * 8;
        for (int at = 0; at < length; at += piece) segments[count++] = new Segment(source, at, Math.Min(piece, length - at));
        return count;
    }

    /// <summary>Segments that <see cref="AddSegments"/> makes of a length, at most.</summary>
    public static int SegmentsOf(int length) => (length + GemmTile.LongestSegment - 1) / GemmTile.LongestSegment;

    /// <param name="source">the rows</param>
    /// <param name="sources">row pointers for each row</param>
    /// <param name="rows">rows in all</param>
    /// <param name="segments">the summed axis, in the order of the packed filter</param>
    /// <param name="filter">packed weights</param>
    /// <param name="epilogue">what happens to finished tiles</param>
    public void Run<TRows>(TRows source, int sources, long rows, ReadOnlySpan<Segment> segments, Filter filter, EpilogueCpu epilogue)
        where TRows : unmanaged, IRowSource
    {
        int panels = CpuFilters.Panels(filter.Shape);
        int rowItems = checked((int)((rows + RowsPerItem - 1) / RowsPerItem));
        long wanted = (long)workers.Count * ItemsPerThread;
        int panelsPerItem = (int)Math.Clamp(((long)panels * rowItems) / wanted, 1, Math.Min(panels, PanelsPerItem));
        int panelItems = (panels + panelsPerItem - 1) / panelsPerItem;

        long sums = (long)panelsPerItem * TilesPerItem * TileSize * sizeof(float);
        _buffers.Ensure(sums + ((long)sources * RowsPerItem * sizeof(float*)));
        fixed (Segment* s = segments)
        {
            var job = new Job<TRows>
            {
                Source = source,
                Sources = sources,
                Rows = rows,
                RowItems = rowItems,
                Segments = s,
                SegmentCount = segments.Length,
                Filter = (float*)((HostBuffer)filter.Buffer).Pointer,
                Depth = filter.Shape.Depth,
                Panels = panels,
                PanelsPerItem = panelsPerItem,
                Epilogue = epilogue,
                Memory = _buffers.First,
                MemoryStride = _buffers.Stride,
                SumBytes = sums,
            };
            workers.Run(ref job, rowItems * panelItems, &Item);
        }
    }

    public void Dispose() => _buffers.Dispose();

    private static void Item<TRows>(Job<TRows>* job, int item, int worker) where TRows : unmanaged, IRowSource
    {
        byte* memory = job->Memory + (worker * job->MemoryStride);
        float* sums = (float*)memory;
        float** table = (float**)(memory + job->SumBytes);

        long firstRow = item % job->RowItems * (long)RowsPerItem;
        int rows = (int)Math.Min(RowsPerItem, job->Rows - firstRow);
        int tiles = (rows + GemmTile.Rows - 1) / GemmTile.Rows;
        int firstPanel = item / job->RowItems * job->PanelsPerItem;
        int panels = Math.Min(job->PanelsPerItem, job->Panels - firstPanel);

        job->Source.Locate(table, RowsPerItem, firstRow, rows);
        FillLastTile(table, job->Sources, rows, tiles * GemmTile.Rows);

        int segment = 0, depth = 0;
        while (segment < job->SegmentCount)
        {
            int from = segment, length = 0;
            while (segment < job->SegmentCount && length < ShortestBlock) length += job->Segments[segment++].Length;
            bool isFirst = from == 0, isLast = segment == job->SegmentCount;

            for (int p = 0; p < panels; p++)
            {
                float* b = job->Filter + ((((long)(firstPanel + p) * job->Depth) + depth) * GemmTile.Columns);
                for (int t = 0; t < tiles; t++)
                {
                    float* c = isFirst && isLast ? sums : sums + (((p * TilesPerItem) + t) * TileSize);
                    GemmTile.Multiply(table + (t * GemmTile.Rows), RowsPerItem, job->Segments + from, segment - from, b, c, GemmTile.Columns, !isFirst);
                    if (isLast) job->Epilogue.Store(c, firstRow + (t * GemmTile.Rows), Math.Min(GemmTile.Rows, rows - (t * GemmTile.Rows)), firstPanel + p);
                }
            }

            depth += length;
        }
    }

    /// <summary>Rows that do not exist repeat the last one that does; their sums are not stored.</summary>
    private static void FillLastTile(float** table, int sources, int rows, int wanted)
    {
        for (int s = 0; s < sources; s++)
            for (int i = rows; i < wanted; i++)
                table[(s * RowsPerItem) + i] = table[(s * RowsPerItem) + rows - 1];
    }

    private struct Job<TRows> where TRows : unmanaged, IRowSource
    {
        public TRows Source;
        public int Sources, RowItems, SegmentCount, Depth, Panels, PanelsPerItem;
        public long Rows, MemoryStride, SumBytes;
        public Segment* Segments;
        public float* Filter;
        public EpilogueCpu Epilogue;
        public byte* Memory;
    }
}
