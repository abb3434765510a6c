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
/// work item  96 rows of y, some panels of columns at a time
/// panels     the lower factors of all terms, times their scales, packed for the tile. Several are packed at once, in 256 KB: of each row
///            of a factor a long piece is read, so that few pages are looked up
/// reads      y once, and the factors once for every 96 rows
/// floor      2 rows columns rank / (threads * 4 * vector width * clock) seconds
/// </code>
/// The sum of all terms is made in registers before it is added.
/// </summary>
internal sealed unsafe class RankUpdateCpu<TSimd, TVector>(CpuWorkers workers) : IRankUpdate
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int TileRows = GemmTile<TSimd, TVector>.Rows, RowsPerItem = 16 * TileRows, PackedNumbers = 1 << 16;

    private readonly WorkerBuffers _buffers = new(workers);

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

        int panels = Math.Clamp(PackedNumbers / (rank * Columns), 1, (columns + Columns - 1) / Columns);
        long numbers = (TileRows + ((long)panels * rank)) * Columns;
        _buffers.Ensure((numbers * sizeof(float)) + ((long)terms.Length * RowsPerItem * sizeof(float*)));
        fixed (RankPointers* pinned = terms)
        fixed (Segment* cut = segments)
        {
            var job = new Job
            {
                Y = y,
                Rows = rows,
                Columns = columns,
                Rank = rank,
                Panels = panels,
                Terms = pinned,
                Segments = cut,
                Count = terms.Length,
                Memory = _buffers.First,
                MemoryStride = _buffers.Stride,
            };
            workers.Run(ref job, (rows + RowsPerItem - 1) / RowsPerItem, &Item);
        }
    }

    public void Dispose()
    {
        workers.Dispose();
        _buffers.Dispose();
    }

    private static void Item(Job* job, int item, int worker)
    {
        int panelSize = job->Rank * Columns, packed = job->Panels * Columns;
        float* tile = (float*)(job->Memory + (worker * job->MemoryStride)), panels = tile + (TileRows * Columns);
        float** table = (float**)(panels + ((long)job->Panels * panelSize));
        int first = item * RowsPerItem, rows = Math.Min(RowsPerItem, job->Rows - first), tiles = (rows + TileRows - 1) / TileRows;
        for (int t = 0; t < job->Count; t++)
        {
            // Rows that do not exist repeat the last one that does; their sums are not stored.
            for (int i = 0; i < tiles * TileRows; i++)
                table[(t * RowsPerItem) + i] = (float*)job->Terms[t].Up + ((long)(first + Math.Min(i, rows - 1)) * job->Terms[t].Rank);
        }

        for (int group = 0; group < job->Columns; group += packed)
        {
            int end = Math.Min(group + packed, job->Columns);
            Pack(job, group, end, panels, panelSize);
            float* panel = panels;
            for (int column = group; column < end; column += Columns, panel += panelSize)
            {
                for (int row = 0; row < rows; row += TileRows)
                {
                    GemmTile<TSimd, TVector>.Multiply(
                        TSimd.TileVectors, table + row, RowsPerItem, job->Segments, job->Count, panel, tile, Columns, false);
                    float* y = job->Y + ((long)(first + row) * job->Columns) + column;
                    AddTile(tile, y, Math.Min(TileRows, rows - row), Math.Min(Columns, end - column), job->Columns);
                }
            }
        }
    }

    /// <summary>The panels of some columns of all lower factors; zeros behind the last column.</summary>
    private static void Pack(Job* job, int group, int end, float* panels, int panelSize)
    {
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
        public float* Y;
        public int Rows, Columns, Rank, Panels, Count;
        public RankPointers* Terms;
        public Segment* Segments;
        public byte* Memory;
        public long MemoryStride;
    }
}
