namespace EvsNative.Kernels.Conv;

/// <summary>
/// The tiles of a Winograd convolution: 4 x 4 results each, counted through all images, and cut into chunks that a work item multiplies. As
/// many chunks are transformed at a time as a fixed budget holds, so that memory does not grow with the number of frames.
/// </summary>
internal readonly struct WinogradTiles
{
    /// <summary>Tiles of a work item at most: a filter is transformed once for them.</summary>
    public const int PerItem = 96;

    private const int Side = 4, TileRows = 6, Products = 36;
    private const long BudgetBytes = 48L << 20;

    /// <param name="y">shape of the result</param>
    /// <param name="channels">of the input</param>
    public WinogradTiles(Shape y, int channels)
    {
        (Down, Across, Channels) = ((y.H + Side - 1) / Side, (y.W + Side - 1) / Side, channels);
        Count = (long)y.N * Down * Across;
        long chunks = (Count + PerItem - 1) / PerItem;
        PerChunk = (int)(((Count + chunks - 1) / chunks + TileRows - 1) / TileRows * TileRows);
        chunks = (Count + PerChunk - 1) / PerChunk;
        ChunksAtATime = (int)Math.Clamp(BudgetBytes / (ChunkSize * sizeof(float)), 1, chunks);
    }

    /// <summary>Tiles of an image, one below the other.</summary>
    public int Down { get; }

    /// <summary>Tiles of an image, side by side.</summary>
    public int Across { get; }

    public int Channels { get; }

    /// <summary>Tiles in all.</summary>
    public long Count { get; }

    /// <summary>Tiles of a chunk, a multiple of the product's rows.</summary>
    public int PerChunk { get; }

    public int ChunksAtATime { get; }

    /// <summary>Numbers of a transformed chunk, [36][PerChunk][Channels].</summary>
    public long ChunkSize => (long)Products * PerChunk * Channels;

    /// <summary>Working memory in the arena.</summary>
    public Shape Workspace => new(ChunksAtATime, Products, PerChunk, Channels);
}
