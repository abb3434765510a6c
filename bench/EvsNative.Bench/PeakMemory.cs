namespace EvsNative.Bench;

/// <summary>
/// Most memory of a line, ours and the peers', each measured from outside on a process that makes the inputs and weights, computes once in
/// the form that was fastest, and does nothing else.
/// </summary>
internal static class PeakMemory
{
    /// <summary>The line with its peaks.</summary>
    /// <param name="line">measured already, so that the fastest forms are known</param>
    /// <param name="threads">of all</param>
    /// <param name="peers">programs by the names in the line</param>
    /// <exception cref="Layers.InputException">the system does not tell</exception>
    public static Measured Measure(Measured line, int threads, IReadOnlyList<Peer> peers)
    {
        var ours = ChildRun.Of(OwnProgram.Start("cpu", "--only", line.Shape.Line, "--once", "--threads", $"{threads}"));
        return line with
        {
            PeakBytes = ours.PeakBytes,
            Peers = [.. line.Peers.Select(measured => measured with { PeakBytes = Of(measured, line.Shape, peers) })],
        };
    }

    private static long? Of(PeerMeasured measured, Case shape, IReadOnlyList<Peer> peers)
    {
        if (measured.Milliseconds is null) return null;
        using var another = peers.Single(peer => peer.Name == measured.Peer).StartAnother();
        another.Run(shape.Request, 1, variant: measured.Variant);
        return another.PeakBytes;
    }
}
