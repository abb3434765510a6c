using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution 3 x 3 by <see cref="Winograd{TSimd, TVector}"/>.
/// <code>
/// transform  a work item is a few tiles: 36 pixels found as in the direct convolution, transformed, written as [chunk][36][tile][channel]
/// multiply   a work item is a chunk of tiles x a panel of output channels: for a block of input channels the panel's weights are widened
///            and transformed into the second cache, 36 products of 6-row tiles add to the sums there; then sums become results, and the
///            epilogue stores them
/// reads      the input once (2.25 times where tiles overlap), its transform once for each panel; weights as stored, once for each chunk
/// floor      a quarter of the direct convolution's multiplications
/// </code>
/// </summary>
internal sealed unsafe class Conv2dWinograd<TSimd, TVector>(CpuWorkers workers, Scratch scratch) : IDisposable
    where TSimd : ISimd<TVector>
    where TVector : struct
{
    private const int Products = Winograd<TSimd, TVector>.Products, Side = Winograd<TSimd, TVector>.Results;
    private const int TilesPerTransform = 4;
    private const int Taps = 9;

    private readonly WorkerBuffers _buffers = new(workers);

    private static int Columns => GemmTile<TSimd, TVector>.Columns;

    /// <summary>As many as transform into 0.9 MiB, less than a second cache of a processor with such panels.</summary>
    private static int ChannelsPerBlock => Math.Min(128, 6144 / Columns);

    public void Run(Tensor y, PixelRows pixels, int channels, Filter filter, in Epilogue epilogue)
    {
        var tiles = new WinogradTiles(y.Shape, channels);
        var mark = scratch.Here();
        long weights = (long)Products * ChannelsPerBlock * Columns, sums = (long)Products * tiles.PerChunk * Columns;
        long widened = filter.Storage == WeightStorage.Float32 ? 0 : (long)Taps * ChannelsPerBlock * Columns;
        _buffers.Ensure(((weights + sums + widened + (Side * Side * Columns) + Winograd<TSimd, TVector>.Half) * sizeof(float))
            + ((long)tiles.PerChunk * sizeof(float*)));
        var job = new Job
        {
            Pixels = pixels,
            Tiles = tiles,
            Transformed = scratch.Rent(tiles.Workspace, ElementType.Float32).Floats(),
            Filter = new PanelReader<TSimd, TVector>(filter),
            Layout = PanelLayout.Of<TSimd, TVector>(filter.Shape),
            Epilogue = EpilogueCpu<TSimd, TVector>.Of(y, filter, epilogue),
            Memory = _buffers.First,
            MemoryStride = _buffers.Stride,
            WeightCount = weights,
            SumCount = sums,
            WidenedCount = widened,
        };

        int most = tiles.ChunksAtATime * tiles.PerChunk;
        for (job.FirstTile = 0; job.FirstTile < tiles.Count; job.FirstTile += most)
        {
            job.TileCount = (int)Math.Min(most, tiles.Count - job.FirstTile);
            job.Chunks = (job.TileCount + tiles.PerChunk - 1) / tiles.PerChunk;
            workers.Run(ref job, (job.TileCount + TilesPerTransform - 1) / TilesPerTransform, &TransformItem);
            workers.Run(ref job, job.Chunks * job.Layout.Panels, &MultiplyItem);
        }

        scratch.Release(mark);
    }

    public void Dispose() => _buffers.Dispose();

    private static void TransformItem(Job* job, int item, int worker)
    {
        float** pixels = stackalloc float*[2 * Products];
        float* half = (float*)(job->Memory + (worker * job->MemoryStride));
        int one = job->Pixels.C1, two = job->Pixels.C2;
        nint plane = (nint)job->Tiles.PerChunk * job->Tiles.Channels;
        int end = Math.Min((item + 1) * TilesPerTransform, job->TileCount);
        for (int tile = item * TilesPerTransform; tile < end; tile++)
        {
            var (image, top, left) = Place(job, job->FirstTile + tile);
            job->Pixels.Window(pixels, image, top - 1, left - 1, Winograd<TSimd, TVector>.Inputs);
            float* to = job->Transformed + (tile / job->Tiles.PerChunk * job->Tiles.ChunkSize)
                + ((long)(tile % job->Tiles.PerChunk) * job->Tiles.Channels);
            for (int c = 0; c < one; c += TSimd.Count) Winograd<TSimd, TVector>.TransformInput(pixels, c, to + c, plane, half);
            for (int c = 0; c < two; c += TSimd.Count)
                Winograd<TSimd, TVector>.TransformInput(pixels + Products, c, to + one + c, plane, half);
        }
    }

    private static void MultiplyItem(Job* job, int item, int worker)
    {
        const int TileRows = GemmTile<TSimd, TVector>.Rows;
        int chunk = item % job->Chunks, panel = item / job->Chunks, channels = job->Tiles.Channels, perChunk = job->Tiles.PerChunk;
        int count = Math.Min(perChunk, job->TileCount - (chunk * perChunk)), rowTiles = (count + TileRows - 1) / TileRows;
        int vectors = job->Layout.Vectors(panel), columns = vectors * TSimd.Count;
        float* weights = (float*)(job->Memory + (worker * job->MemoryStride)), sums = weights + job->WeightCount;
        float* widened = sums + job->SumCount, results = widened + job->WidenedCount;
        float* half = results + (Side * Side * Columns);
        float** table = (float**)(half + Winograd<TSimd, TVector>.Half);
        for (int i = 0; i < rowTiles * TileRows; i++)
            table[i] = job->Transformed + (chunk * job->Tiles.ChunkSize) + ((long)Math.Min(i, count - 1) * channels);

        for (int channel = 0; channel < channels; channel += ChannelsPerBlock)
        {
            int length = Math.Min(ChannelsPerBlock, channels - channel);
            TransformFilter(job, panel, channel, length, weights, widened, half);
            for (int k = 0; k < Products; k++)
            {
                var segment = new Segment(0, (k * perChunk * channels) + channel, length);
                float* b = weights + ((long)k * length * columns);
                for (int t = 0; t < rowTiles; t++)
                {
                    float* c = sums + ((((long)k * perChunk) + (t * TileRows)) * Columns);
                    GemmTile<TSimd, TVector>.Multiply(vectors, table + (t * TileRows), 0, &segment, 1, b, c, Columns, channel > 0);
                }
            }
        }

        for (int t = 0; t < count; t++)
            StoreTile(job, job->FirstTile + (chunk * perChunk) + t, panel, columns, sums + ((long)t * Columns), results, half);
    }

    /// <summary>Weights of some input channels of a panel, [36][length][columns].</summary>
    private static void TransformFilter(Job* job, int panel, int channel, int length, float* weights, float* widened, float* half)
    {
        int vectors = job->Layout.Vectors(panel), columns = vectors * TSimd.Count, channels = job->Tiles.Channels;
        float** taps = stackalloc float*[Taps];
        for (int tap = 0; tap < Taps; tap++)
        {
            long first = job->Layout.Start(panel) + ((((long)tap * channels) + channel) * columns);
            taps[tap] = job->Filter.Read(first, (long)length * vectors, widened + ((long)tap * length * columns));
        }

        int size = length * columns;
        for (int at = 0; at < size; at += TSimd.Count) Winograd<TSimd, TVector>.TransformFilter(taps, at, weights + at, size, half);
    }

    /// <summary>The 4 x 4 results of a tile, those that lie inside the image.</summary>
    private static void StoreTile(Job* job, long tile, int panel, int columns, float* sums, float* results, float* half)
    {
        var (image, top, left) = Place(job, tile);
        int height = job->Pixels.OutHeight, width = job->Pixels.OutWidth;
        nint plane = (nint)job->Tiles.PerChunk * Columns;
        for (int column = 0; column < columns; column += TSimd.Count)
            Winograd<TSimd, TVector>.TransformOutput(sums + column, plane, results + column, Columns, half);
        for (int i = 0; i < Math.Min(Side, height - top); i++)
        {
            long row = ((((long)image * height) + top + i) * width) + left;
            job->Epilogue.Store(results + (i * Side * Columns), row, Math.Min(Side, width - left), panel);
        }
    }

    private static (int Image, int Top, int Left) Place(Job* job, long tile)
    {
        int perImage = job->Tiles.Down * job->Tiles.Across, within = (int)(tile % perImage);
        return ((int)(tile / perImage), within / job->Tiles.Across * Side, within % job->Tiles.Across * Side);
    }

    private struct Job
    {
        public PixelRows Pixels;
        public WinogradTiles Tiles;
        public PanelReader<TSimd, TVector> Filter;
        public PanelLayout Layout;
        public EpilogueCpu<TSimd, TVector> Epilogue;
        public float* Transformed;
        public byte* Memory;
        public long MemoryStride, FirstTile, WeightCount, SumCount, WidenedCount;
        public int TileCount, Chunks;
    }
}
