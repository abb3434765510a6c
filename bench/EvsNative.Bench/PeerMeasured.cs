namespace EvsNative.Bench;

/// <summary>What one peer came to on one line.</summary>
/// <param name="Peer">its name</param>
/// <param name="Milliseconds">median; null if it did not run</param>
/// <param name="ProcessorMilliseconds">of all its threads, mean</param>
/// <param name="Note">its form, or why it did not run</param>
/// <param name="Agreement">its numbers beside ours; null if it has none</param>
internal sealed record PeerMeasured(
    string Peer, double? Milliseconds, double? ProcessorMilliseconds, string Note, Agreement? Agreement = null)
{
    /// <summary>Whether it computes something else.</summary>
    public bool Differs => Agreement is { Holds: false };
}
