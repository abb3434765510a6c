namespace EvsNative.PtxSim;

/// <summary>
/// What an instruction asked of memory, or several together. A request is an instruction of a warp. In shared memory it takes wavefronts:
/// turns of at most 128 bytes, one word of each of the 32 banks. In global memory it takes sectors: aligned pieces of 32 bytes.
/// </summary>
/// <param name="Requests">instructions of warps</param>
/// <param name="Wavefronts">turns in shared memory</param>
/// <param name="LeastWavefronts">turns without a conflict of banks</param>
/// <param name="Sectors">of global memory, those of each request</param>
/// <param name="LeastSectors">as many as hold the bytes of each request if they lie together</param>
/// <param name="BytesRead">from global memory, each byte once a request</param>
/// <param name="BytesWritten">to global memory, each byte once a request</param>
public sealed record PtxAccesses(
    long Requests,
    long Wavefronts,
    long LeastWavefronts,
    long Sectors,
    long LeastSectors,
    long BytesRead,
    long BytesWritten)
{
    /// <summary>No access at all.</summary>
    public static PtxAccesses None { get; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Turns in shared memory against the least possible; 1 without a conflict, and without an access.</summary>
    public double Conflicts => LeastWavefronts == 0 ? 1 : (double)Wavefronts / LeastWavefronts;

    /// <summary>Sectors of global memory against the least possible; 1 without an access.</summary>
    public double Scatter => LeastSectors == 0 ? 1 : (double)Sectors / LeastSectors;

    /// <summary>The sums of two.</summary>
    public static PtxAccesses operator +(PtxAccesses a, PtxAccesses b) => new(
        a.Requests + b.Requests,
        a.Wavefronts + b.Wavefronts,
        a.LeastWavefronts + b.LeastWavefronts,
        a.Sectors + b.Sectors,
        a.LeastSectors + b.LeastSectors,
        a.BytesRead + b.BytesRead,
        a.BytesWritten + b.BytesWritten);

    /// <inheritdoc cref="op_Addition"/>
    public static PtxAccesses Add(PtxAccesses a, PtxAccesses b) => a + b;
}
