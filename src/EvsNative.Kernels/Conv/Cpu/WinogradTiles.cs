namespace EvsNative.Kernels.Conv;

/// <summary>
/// The tiles of a Winograd convolution: 4 x 4 results each, counted through all images, and cut into chunks that a work item multiplies. As
/// many chunks are transformed at a time as a fixed budget holds, so that memory does not grow with the number of frames.
/// </summary>
internal readonly struct WinogradTiles
{
    /// <summary>Tiles of a work item at most: a filter is transformed once for them.</summary>
    public const int PerItem = 96;

    private const int Side = 4, TileRows = 6, Products = 36, Line = 16;
    private const long BudgetBytes = 16L << 20;

    /// <param name="y">shape of the result</param>
    /// <param name="channels">of the input</param>
    /// <param name="widest">channels of a block at most</param>
    public WinogradTiles(Shape y, int channels, int widest)
    {
        (Down, Across, Channels) = ((y.H + Side - 1) / Side, (y.W + Side - 1) / Side, channels);
        int blocks = (channels + widest - 1) / widest;
        BlockWidth = ((channels + blocks - 1) / blocks + Line - 1) / Line * Line;
        Blocks = (channels + BlockWidth - 1) / BlockWidth;
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

    /// <summary>Stretches that the channels are cut into.</summary>
    public int Blocks { get; }

    /// <summary>Channels of a block; of the last one at most.</summary>
    public int BlockWidth { get; }

    /// <summary>Numbers from one product to the next in a block.</summary>
    public int Plane => Apart(PerChunk * BlockWidth);

    /// <summary>
    /// Numbers of a block, [36][PerChunk / 6][BlockWidth / 16][6][16]: as <see cref="WinogradProduct{TSimd, TVector}"/> reads them.
    /// </summary>
    public int BlockSize => Products * Plane;

    /// <summary>Numbers of a transformed chunk.</summary>
    public long ChunkSize => (long)Blocks * BlockSize;

    /// <summary>Working memory in the arena.</summary>
    public Shape Workspace => new(ChunksAtATime, Blocks, Products, Plane);

    /// <summary>
    /// How far apart planes of this size should lie. A transform writes to all 36 at once; an odd number of cache lines puts them into
    /// different sets of the first cache, where a power of two would let them drive one another out at every number.
    /// </summary>
    public static int Apart(int size) => (((size + Line - 1) / Line) | 1) * Line;
}
