namespace EvsNative.Bench;

/// <summary>One line of the table, measured.</summary>
/// <param name="Shape">what</param>
/// <param name="Milliseconds">median of ours</param>
/// <param name="ProcessorMilliseconds">of all our threads, mean</param>
/// <param name="Gflop">2 for each multiply-add</param>
/// <param name="Gigabytes">inputs, weights and outputs, each once</param>
/// <param name="FloorMilliseconds">what the roof allows</param>
/// <param name="Peers">those that were asked for</param>
internal sealed record Measured(
    Case Shape, double Milliseconds, double ProcessorMilliseconds, double Gflop, double Gigabytes, double FloorMilliseconds,
    IReadOnlyList<PeerMeasured> Peers)
{
    /// <summary>Most memory of a process that did nothing else, bytes; null if that was not asked for.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>The fastest of the peers that ran.</summary>
    public PeerMeasured? Hardest => Peers.Where(peer => peer.Milliseconds is not null).MinBy(peer => peer.Milliseconds);

    /// <summary>The hardest peer's time over ours: above 1 we are faster.</summary>
    public double? Ratio => Hardest?.Milliseconds / Milliseconds;

    /// <summary>Ours as a share of what the roof allows.</summary>
    public double Share => FloorMilliseconds / Milliseconds;

    /// <summary>As <see cref="RateOf"/>.</summary>
    public string Rate => RateOf(Milliseconds, Gflop, Gigabytes);

    /// <summary>GFLOP/s, or GB/s where nothing is multiplied.</summary>
    public static string RateOf(double milliseconds, double gflop, double gigabytes) =>
        gflop > 0 ? $"{gflop / milliseconds * 1e3:F1} GFLOP/s" : $"{gigabytes / milliseconds * 1e3:F1} GB/s";
}
