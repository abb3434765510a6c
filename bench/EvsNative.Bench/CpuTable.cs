namespace EvsNative.Bench;

/// <summary>The table of <c>cpu</c>: ours, each peer's time and form, and which peer is the hardest.</summary>
internal sealed class CpuTable
{
    private readonly Table _table;
    private readonly IReadOnlyList<string> _peers;

    /// <param name="isMarkdown">for a page</param>
    /// <param name="peers">names, in the order of the columns</param>
    public CpuTable(bool isMarkdown, IReadOnlyList<string> peers)
    {
        _peers = peers;
        (string, int)[] columns =
        [
            ("operation", 50), ("ms", 10), ("cpu ms", 10), ("rate", 16), ("floor ms", 10), ("of roof", 9),
            .. peers.SelectMany(peer => new[] { ($"{peer} ms", 13), ("/ours", 7), ("cpu/ours", 10) }),
            .. peers.Count > 1 ? [("hardest/ours", 14), (" hardest", 10)] : Array.Empty<(string, int)>(),
            .. peers.Count > 0 ? [("  forms", 30)] : Array.Empty<(string, int)>(),
        ];
        _table = new Table(isMarkdown, columns);
        _table.Head();
    }

    public void Line(Measured line)
    {
        List<string> cells =
        [
            line.Shape.Line, $"{line.Milliseconds:F2}", $"{line.ProcessorMilliseconds:F2}", line.Rate, $"{line.FloorMilliseconds:F2}",
            $"{line.Share:P0}",
        ];
        foreach (var peer in line.Peers)
        {
            cells.Add(peer.Milliseconds is { } ms ? $"{ms:F2}" : peer.Differs ? "differs" : "");
            cells.Add(peer.Milliseconds / line.Milliseconds is { } ratio ? $"{ratio:F2}" : "");
            cells.Add(peer.ProcessorMilliseconds / line.ProcessorMilliseconds is { } processor ? $"{processor:F2}" : "");
        }

        if (_peers.Count > 1)
        {
            cells.Add(line.Ratio is { } hardest ? $"{hardest:F2}" : "");
            cells.Add(line.Hardest is { } peer ? $" {peer.Peer}" : "");
        }

        if (_peers.Count > 0) cells.Add($"  {Notes(line.Peers)}");
        _table.Line([.. cells]);
    }

    private string Notes(IReadOnlyList<PeerMeasured> peers) =>
        string.Join("; ", peers.Select(peer => _peers.Count > 1 ? $"{peer.Peer}: {peer.Note}" : peer.Note));
}
