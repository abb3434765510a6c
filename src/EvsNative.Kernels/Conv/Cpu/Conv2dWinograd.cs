using System.Runtime.Intrinsics.X86;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Conv;

/// <summary>
/// Convolution 3 x 3 by <see cref="Winograd{TSimd, TVector}"/>.
/// <code>
/// transform  a work item is a few tiles: 36 pixels found as in the direct convolution, transformed, written as the product reads them
///            (<see cref="WinogradTiles"/>), a few chunks of tiles at a time, less than the third cache holds
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
    private const int Rows = WinogradProduct<TSimd, TVector>.Rows, Line = WinogradProduct<TSimd, TVector>.Line;
    private const int Products = Winograd<TSimd, TVector>.Products, Side = Winograd<TSimd, TVector>.Results;
    private const int TilesPerTransform = 4, TilesAhead = 2;
    private const int Taps = 9;

    private readonly WorkerBuffers _buffers = new(workers);

    /// <summary>Input channels whose weights are widened at a time; they stay in the first cache.</summary>
    private const int Widened = 8;

    private static int Columns => GemmTile<TSimd, TVector>.Columns;

    /// <summary>As many as transform into 0.9 MiB, less than a second cache of a processor with such panels.</summary>
    private static int ChannelsPerBlock => Math.Min(128, 6144 / Columns);

    public void Run(Tensor y, PixelRows pixels, int channels, Filter filter, in Epilogue epilogue)
    {
        var tiles = new WinogradTiles(y.Shape, channels, ChannelsPerBlock);
        var mark = scratch.Here();
        int weightPlane = WinogradTiles.Apart(tiles.BlockWidth * Columns), sumPlane = WinogradTiles.Apart(tiles.PerChunk * Columns);
        long weights = (long)Products * weightPlane, sums = (long)Products * sumPlane;
        long widened = filter.Storage == WeightStorage.Float32 ? 0 : (long)Taps * Widened * Columns;
        _buffers.Ensure((weights + sums + widened + (Side * Side * Columns) + Winograd<TSimd, TVector>.Half) * sizeof(float));
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
            WeightPlane = weightPlane,
            SumPlane = sumPlane,
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
        var tiles = job->Tiles;
        int last = Math.Min((item + 1) * TilesPerTransform, job->TileCount), width = tiles.BlockWidth, plane = tiles.Plane;
        for (int tile = item * TilesPerTransform; tile < last; tile++)
        {
            var (image, top, left) = Place(job, job->FirstTile + tile);
            job->Pixels.Window(pixels, image, top - 1, left - 1, Winograd<TSimd, TVector>.Inputs);
            int within = tile % tiles.PerChunk;
            float* to = job->Transformed + (tile / tiles.PerChunk * tiles.ChunkSize)
                + (within / Rows * Rows * width) + (within % Rows * Line);
            for (int c = 0; c < tiles.Channels; to += tiles.BlockSize)
            {
                int first = c, end = Math.Min(first + width, tiles.Channels);
                for (; c < end; c += TSimd.Count)
                {
                    int at = c - first, second = c - job->Pixels.C1;
                    float* place = to + (at / Line * Line * Rows) + (at % Line);
                    if (second < 0) Winograd<TSimd, TVector>.TransformInput(pixels, c, place, plane, half);
                    else Winograd<TSimd, TVector>.TransformInput(pixels + Products, second, place, plane, half);
                }
            }
        }
    }

    private static void MultiplyItem(Job* job, int item, int worker)
    {
        var tiles = job->Tiles;
        int chunk = item % job->Chunks, panel = item / job->Chunks, width = tiles.BlockWidth;
        int count = Math.Min(tiles.PerChunk, job->TileCount - (chunk * tiles.PerChunk)), rowTiles = (count + Rows - 1) / Rows;
        int vectors = job->Layout.Vectors(panel), columns = vectors * TSimd.Count;
        float* weights = (float*)(job->Memory + (worker * job->MemoryStride)), sums = weights + (Products * job->WeightPlane);
        float* widened = sums + (Products * job->SumPlane), results = widened + job->WidenedCount;
        float* half = results + (Side * Side * Columns), transformed = job->Transformed + (chunk * tiles.ChunkSize);
        for (int block = 0; block < tiles.Blocks; block++, transformed += tiles.BlockSize)
        {
            int channel = block * width, length = Math.Min(width, tiles.Channels - channel);
            TransformFilter(job, panel, channel, length, weights, widened);
            for (int k = 0; k < Products; k++)
            {
                float* a = transformed + (k * tiles.Plane), b = weights + (k * job->WeightPlane), c = sums + (k * job->SumPlane);
                for (int t = 0; t < rowTiles; t++, a += Rows * width, c += Rows * Columns)
                    WinogradProduct<TSimd, TVector>.Multiply(count - (t * Rows), vectors, a, length, b, c, Columns, block > 0);
            }
        }

        var epilogue = job->Epilogue.Of(panel);
        for (int t = 0; t < count; t++)
            StoreTile(job, job->FirstTile + (chunk * tiles.PerChunk) + t, in epilogue, columns, sums + (t * Columns), results, half);
    }

    /// <summary>Weights of some input channels of a panel, [36][length][columns], the 36 <see cref="Job.WeightPlane"/> apart.</summary>
    private static void TransformFilter(Job* job, int panel, int channel, int length, float* weights, float* widened)
    {
        int vectors = job->Layout.Vectors(panel), columns = vectors * TSimd.Count;
        long start = job->Layout.Start(panel), tap = (long)job->Tiles.Channels * columns;
        for (int end = channel + length; channel < end; channel += Widened)
        {
            int run = Math.Min(Widened, end - channel) * columns;
            float* taps = job->Filter.Read(start + ((long)channel * columns), run / TSimd.Count, widened), last = taps;
            for (int t = 1; t < Taps; t++)
                last = job->Filter.Read(start + (t * tap) + ((long)channel * columns), run / TSimd.Count, widened + (t * run));
            nint apart = (nint)(last - taps) / (Taps - 1);
            for (int at = 0; at < run; at += TSimd.Count)
                Winograd<TSimd, TVector>.TransformFilter(taps + at, apart, weights + at, job->WeightPlane);
            weights += run;
        }
    }

    /// <summary>The 4 x 4 results of a tile, those that lie inside the image.</summary>
    private static void StoreTile(
        Job* job, long tile, in PanelEpilogue<TSimd, TVector> epilogue, int columns, float* sums, float* results, float* half)
    {
        var (image, top, left) = Place(job, tile);
        int height = job->Pixels.OutHeight, width = job->Pixels.OutWidth, down = Math.Min(Side, height - top);
        int across = Math.Min(Side, width - left);
        long first = ((((long)image * height) + top) * width) + left;
        for (int i = 0; i < down; i++) epilogue.Prefetch(first + (i * width), across);

        // 36 places at once are more than a processor follows by itself.
        for (int k = 0; k < Products && Sse.IsSupported; k++) Sse.Prefetch0(sums + (k * job->SumPlane) + (TilesAhead * Columns));
        for (int column = 0; column < columns; column += TSimd.Count)
            Winograd<TSimd, TVector>.TransformOutput(sums + column, job->SumPlane, results + column, Columns, half);
        for (int i = 0; i < down; i++) epilogue.Store(results + (i * Side * Columns), first + (i * width), across);
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
        public long MemoryStride, FirstTile, WidenedCount;
        public int TileCount, Chunks, WeightPlane, SumPlane;
    }
}
