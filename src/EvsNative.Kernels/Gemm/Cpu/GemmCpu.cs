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
/// work item  about 96 or 192 rows x up to 640 columns (ProductCuts); sums live in a private buffer that fits the second cache
/// order      blocks of the summed axis (one panel of them fits the first cache) > panels > tiles of 6 rows
/// reads      the filter once for every item's rows, the rows once for every panel from the second cache
/// floor      2 M N K / (threads * 4 * vector width * clock) seconds
/// </code>
/// Rows are read where they lie: nothing is copied, no patch matrix exists.
/// </summary>
internal sealed unsafe class GemmCpu<TSimd, TVector>(CpuWorkers workers) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int ColumnsPerItem = 640;

    private readonly WorkerBuffers _buffers = new(workers);

    /// <summary>Short segments are joined until a block has this length.</summary>
    private static int ShortestBlock => TSimd.LongestSegment * 2 / 3;

    private static int Columns => GemmTile<TSimd, TVector>.Columns;

    private static int TileSize => GemmTile<TSimd, TVector>.Rows * Columns;

    /// <summary>Cuts a source of the summed axis into segments short enough for the first cache.</summary>
    public static int AddSegments(Span<Segment> segments, int count, int source, int length)
    {
        int pieces = SegmentsOf(length);
        int piece = pieces == 0 ? 1 : (((length + pieces - 1) / pieces) + 7) / 8 * 8;
        for (int at = 0; at < length; at += piece) segments[count++] = new Segment(source, at, Math.Min(piece, length - at));
        return count;
    }

    /// <summary>Segments that <see cref="AddSegments"/> makes of a length, at most.</summary>
    public static int SegmentsOf(int length) => (length + TSimd.LongestSegment - 1) / TSimd.LongestSegment;

    /// <param name="source">the rows</param>
    /// <param name="sources">row pointers for each row</param>
    /// <param name="rows">rows in all</param>
    /// <param name="segments">the summed axis, in the order of the packed filter</param>
    /// <param name="filter">packed weights</param>
    /// <param name="epilogue">what happens to finished tiles</param>
    public void Run<TRows>(TRows source, int sources, long rows, ReadOnlySpan<Segment> segments, Filter filter, EpilogueCpu<TSimd,
        TVector> epilogue)
        where TRows : unmanaged, IRowSource
    {
        var layout = PanelLayout.Of<TSimd, TVector>(filter.Shape);
        int tiles = checked((int)((rows + GemmTile<TSimd, TVector>.Rows - 1) / GemmTile<TSimd, TVector>.Rows));
        var cuts = ProductCuts.Of(workers.Count, tiles, layout.Panels, Math.Max(1, ColumnsPerItem / Columns));
        int rowsPerItem = cuts.MostTiles * GemmTile<TSimd, TVector>.Rows;

        long sums = (long)cuts.MostPanels * cuts.MostTiles * TileSize * sizeof(float);
        long widened = filter.Storage == WeightStorage.Float32 ? 0 : LongestBlock(segments) * (long)Columns * sizeof(float);
        _buffers.Ensure(sums + widened + ((long)sources * rowsPerItem * sizeof(float*)));
        fixed (Segment* s = segments)
        {
            var job = new Job<TRows>
            {
                Source = source,
                Sources = sources,
                Rows = rows,
                Cuts = cuts,
                Segments = s,
                SegmentCount = segments.Length,
                Filter = new PanelReader<TSimd, TVector>(filter),
                Layout = layout,
                Epilogue = epilogue,
                Memory = _buffers.First,
                MemoryStride = _buffers.Stride,
                SumBytes = sums,
                WidenedBytes = widened,
            };
            workers.Run(ref job, cuts.Items, &Item);
        }
    }

    public void Dispose() => _buffers.Dispose();

    private static void Item<TRows>(Job<TRows>* job, int item, int worker) where TRows : unmanaged, IRowSource
    {
        const int TileRows = GemmTile<TSimd, TVector>.Rows;
        byte* memory = job->Memory + (worker * job->MemoryStride);
        float* sums = (float*)memory, widened = (float*)(memory + job->SumBytes);
        float** table = (float**)(memory + job->SumBytes + job->WidenedBytes);

        var (firstTile, endTile) = job->Cuts.TilesOf(item);
        var (firstPanel, endPanel) = job->Cuts.PanelsOf(item);
        int tiles = endTile - firstTile, tilesPerItem = job->Cuts.MostTiles, rowsPerItem = tilesPerItem * TileRows;
        long firstRow = firstTile * (long)TileRows;
        int rows = (int)Math.Min(tiles * TileRows, job->Rows - firstRow);

        job->Source.Locate(table, rowsPerItem, firstRow, rows);
        FillLastTile(table, rowsPerItem, job->Sources, rows, tiles * TileRows);

        int segment = 0, depth = 0;
        while (segment < job->SegmentCount)
        {
            int from = segment, length = NextBlock(job->Segments, job->SegmentCount, ref segment);
            bool isFirst = from == 0, isLast = segment == job->SegmentCount;
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int vectors = job->Layout.Vectors(panel);
                long numbers = (long)length * vectors * TSimd.Count;
                long start = job->Layout.Start(panel) + ((long)depth * vectors * TSimd.Count);
                float* b = job->Filter.Read(start, (long)length * vectors, widened);
                var epilogue = job->Epilogue.Of(panel);
                for (int t = 0; t < tiles; t++)
                {
                    int row = t * TileRows, count = Math.Min(TileRows, rows - row);
                    job->Filter.Prefetch(start + numbers, numbers, t, tiles);
                    if (isLast) epilogue.Prefetch(firstRow + row, count);
                    float* c = isFirst && isLast ? sums : sums + ((((panel - firstPanel) * tilesPerItem) + t) * TileSize);
                    GemmTile<TSimd, TVector>.Multiply(
                        vectors, table + row, rowsPerItem, job->Segments + from, segment - from, b, c, Columns, !isFirst);
                    if (isLast) epilogue.Store(c, firstRow + row, count);
                }
            }

            depth += length;
        }
    }

    /// <summary>Takes segments until a block is long enough, and returns its length.</summary>
    private static int NextBlock(Segment* segments, int count, ref int segment)
    {
        int length = 0;
        while (segment < count && length < ShortestBlock) length += segments[segment++].Length;
        return length;
    }

    private static int LongestBlock(ReadOnlySpan<Segment> segments)
    {
        int longest = 0, segment = 0;
        fixed (Segment* s = segments)
            while (segment < segments.Length) longest = Math.Max(longest, NextBlock(s, segments.Length, ref segment));
        return longest;
    }

    /// <summary>Rows that do not exist repeat the last one that does; their sums are not stored.</summary>
    private static void FillLastTile(float** table, int stride, int sources, int rows, int wanted)
    {
        for (int s = 0; s < sources; s++)
            for (int i = rows; i < wanted; i++) table[(s * stride) + i] = table[(s * stride) + rows - 1];
    }

    private struct Job<TRows> where TRows : unmanaged, IRowSource
    {
        public TRows Source;
        public int Sources, SegmentCount;
        public ProductCuts Cuts;
        public long Rows, MemoryStride, SumBytes, WidenedBytes;
        public Segment* Segments;
        public PanelReader<TSimd, TVector> Filter;
        public PanelLayout Layout;
        public EpilogueCpu<TSimd, TVector> Epilogue;
        public byte* Memory;
    }
}
