using System.Runtime.Intrinsics.X86;
using EvsNative.Kernels.Cpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Where a term of a rank update lies.</summary>
/// <param name="Up">[rows, Rank]</param>
/// <param name="Down">[Rank, columns]</param>
/// <param name="Rank">the axis that is summed over</param>
/// <param name="Scale">factor of the product</param>
internal unsafe readonly record struct RankPointers(nint Up, nint Down, int Rank, float Scale);

/// <summary>
/// Adds thin products to a wide matrix where it lies, y += sum of scale up down: what merges LoRAs into weights.
/// <code>
/// first      the lower factors of all terms, times their scales, are packed into panels for the tile, some panels an item: of each row of
///            a factor a long piece is read, so that few pages are looked up
/// then       96 rows of y an item, panel by panel, which stays in the first cache for all of them; y is called for before it is needed
/// reads      y once, the panels once for every 96 rows
/// floor      2 rows columns rank / (threads * 4 * vector width * clock) seconds
/// </code>
/// The sum of all terms is made in registers before it is added.
/// </summary>
internal sealed unsafe class RankUpdateCpu<TSimd, TVector>(CpuWorkers workers) : IRankUpdate
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int TileRows = GemmTile<TSimd, TVector>.Rows, RowsPerItem = 16 * TileRows, PanelsPerItem = 16;

    private readonly WorkerBuffers _buffers = new(workers);
    private DeviceBuffer? _panels;

    private static int Columns => GemmTile<TSimd, TVector>.Columns;

    public void Add(float* y, int rows, int columns, ReadOnlySpan<RankPointers> terms)
    {
        int rank = 0;
        Span<Segment> segments = stackalloc Segment[terms.Length];
        for (int t = 0; t < terms.Length; t++)
        {
            segments[t] = new Segment(t, 0, terms[t].Rank);
            rank += terms[t].Rank;
        }

        int panels = (columns + Columns - 1) / Columns;
        long bytes = (long)panels * rank * Columns * sizeof(float);
        if (_panels is null || _panels.Bytes < bytes)
        {
            _panels?.Dispose();
            _panels = workers.Allocate(bytes);
        }

        _buffers.Ensure((TileRows * Columns * sizeof(float)) + (terms.Length * RowsPerItem * sizeof(float*)));
        fixed (RankPointers* pinned = terms)
        fixed (Segment* cut = segments)
        {
            var job = new Job
            {
                Y = y,
                Rows = rows,
                Columns = columns,
                Rank = rank,
                Panels = (float*)_panels.Pointer(),
                Terms = pinned,
                Segments = cut,
                Count = terms.Length,
                Memory = _buffers.First,
                MemoryStride = _buffers.Stride,
            };
            workers.Run(ref job, (panels + PanelsPerItem - 1) / PanelsPerItem, &Pack);
            workers.Run(ref job, (rows + RowsPerItem - 1) / RowsPerItem, &AddRows);
        }
    }

    public void Dispose()
    {
        workers.Dispose();
        _buffers.Dispose();
        _panels?.Dispose();
    }

    /// <summary>Some panels: columns of all lower factors, one behind the other; zeros behind the last column.</summary>
    private static void Pack(Job* job, int item, int worker)
    {
        int packed = PanelsPerItem * Columns, panelSize = job->Rank * Columns;
        int group = item * packed, end = Math.Min(group + packed, job->Columns);
        float* panels = job->Panels + ((long)item * PanelsPerItem * panelSize);
        for (int t = 0; t < job->Count; t++)
        {
            var term = job->Terms[t];
            var scale = TSimd.Create(term.Scale);
            float* from = (float*)term.Down;
            for (int k = 0; k < term.Rank; k++, from += job->Columns, panels += Columns)
            {
                float* panel = panels;
                for (int column = group; column < end; column += Columns, panel += panelSize)
                {
                    if (column + Columns <= end)
                    {
                        for (int j = 0; j < Columns; j += TSimd.Count)
                            TSimd.Store(TSimd.Multiply(scale, TSimd.Load(from + column + j)), panel + j);
                    }
                    else
                    {
                        for (int j = 0; j < Columns; j++) panel[j] = column + j < end ? term.Scale * from[column + j] : 0;
                    }
                }
            }
        }
    }

    private static void AddRows(Job* job, int item, int worker)
    {
        float* tile = (float*)(job->Memory + (worker * job->MemoryStride)), panel = job->Panels;
        float** table = (float**)(tile + (TileRows * Columns));
        int first = item * RowsPerItem, rows = Math.Min(RowsPerItem, job->Rows - first), tiles = (rows + TileRows - 1) / TileRows;
        for (int t = 0; t < job->Count; t++)
        {
            // Rows that do not exist repeat the last one that does; their sums are not stored.
            for (int i = 0; i < tiles * TileRows; i++)
                table[(t * RowsPerItem) + i] = (float*)job->Terms[t].Up + ((long)(first + Math.Min(i, rows - 1)) * job->Terms[t].Rank);
        }

        for (int column = 0; column < job->Columns; column += Columns, panel += job->Rank * Columns)
        {
            for (int row = 0; row < rows; row += TileRows)
            {
                float* y = job->Y + ((long)(first + row) * job->Columns) + column;
                int count = Math.Min(TileRows, rows - row);
                for (int i = 0; i < count && Sse.IsSupported; i++) Sse.Prefetch0(y + ((long)i * job->Columns));
                GemmTile<TSimd, TVector>.Multiply(
                    TSimd.TileVectors, table + row, RowsPerItem, job->Segments, job->Count, panel, tile, Columns, false);
                AddTile(tile, y, count, Math.Min(Columns, job->Columns - column), job->Columns);
            }
        }
    }

    private static void AddTile(float* tile, float* y, int rows, int width, int stride)
    {
        for (int i = 0; i < rows; i++, tile += Columns, y += stride)
        {
            if (width == Columns)
            {
                for (int j = 0; j < Columns; j += TSimd.Count) TSimd.Store(TSimd.Add(TSimd.Load(y + j), TSimd.Load(tile + j)), y + j);
            }
            else
            {
                for (int j = 0; j < width; j++) y[j] += tile[j];
            }
        }
    }

    private struct Job
    {
        public int Rows, Columns, Rank, Count;
        public float* Y, Panels;
        public RankPointers* Terms;
        public Segment* Segments;
        public byte* Memory;
        public long MemoryStride;
    }
}
