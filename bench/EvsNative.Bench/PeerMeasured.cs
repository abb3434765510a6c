namespace EvsNative.Bench;

/// <summary>What one peer came to on one line.</summary>
/// <param name="Peer">its name</param>
/// <param name="Milliseconds">median; null if it did not run</param>
/// <param name="ProcessorMilliseconds">of all its threads, mean</param>
/// <param name="Variant">its fastest form</param>
/// <param name="Problem">why it did not run</param>
/// <param name="Agreement">its numbers beside ours; null if it has none</param>
internal sealed record PeerMeasured(
    string Peer, double? Milliseconds, double? ProcessorMilliseconds, string? Variant, string? Problem = null, Agreement? Agreement = null)
{
    /// <summary>Most memory of a process that did nothing else, bytes; null if that was not asked for.</summary>
    public long? PeakBytes { get; init; }

    /// <summary>Whether it computes something else.</summary>
    public bool Differs => Agreement is { Holds: false };
}
