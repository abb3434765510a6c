namespace EvsNative.Layers;

/// <summary>What weights cost, over all stores that share a tally; on dry devices too.</summary>
public sealed class WeightTally
{
    /// <summary>Bytes of weights on the device now.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>The most that <see cref="HeldBytes"/> has been so far.</summary>
    public long PeakHeldBytes { get; private set; }

    /// <summary>Bytes read so far as files store them, again for what was read again.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Host memory that the largest tensor takes while it is read, those that were only looked at too.</summary>
    public long LargestReadBytes { get; private set; }

    internal void Hold(long bytes)
    {
        HeldBytes += bytes;
        PeakHeldBytes = Math.Max(PeakHeldBytes, HeldBytes);
    }

    internal void Read(long bytes) => ReadBytes += bytes;

    internal void See(long bytes) => LargestReadBytes = Math.Max(LargestReadBytes, bytes);
}
