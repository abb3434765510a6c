namespace EvsNative.Bench;

/// <summary>The table of <c>cpu</c>: ours, each peer's time and form, and which peer is the hardest.</summary>
internal sealed class CpuTable
{
    private readonly Table _table;
    private readonly bool _hasPeak;
    private readonly int _peers;

    /// <param name="isMarkdown">for a page</param>
    /// <param name="hasPeak">with columns of memory</param>
    /// <param name="peers">names, in the order of the columns</param>
    public CpuTable(bool isMarkdown, bool hasPeak, IReadOnlyList<string> peers)
    {
        (_hasPeak, _peers) = (hasPeak, peers.Count);
        var columns = new List<(string, int)>
        {
            ("operation", 50), ("ms", 10), ("cpu ms", 10), ("rate", 16), ("floor ms", 10), ("of roof", 9),
        };
        if (hasPeak) columns.Add(("GB", 7));
        foreach (string peer in peers)
        {
            columns.AddRange([($"{peer} ms", 13), ("/ours", 7), ("cpu/ours", 10)]);
            if (hasPeak) columns.Add(("GB", 7));
        }

        if (_peers > 1) columns.AddRange([("hardest/ours", 14), (" hardest", 10)]);
        if (_peers > 0) columns.Add(("  forms", 30));
        _table = new Table(isMarkdown, [.. columns]);
        _table.Head();
    }

    public void Line(Measured line)
    {
        List<string> cells =
        [
            line.Shape.Line, $"{line.Milliseconds:F2}", $"{line.ProcessorMilliseconds:F2}", line.Rate, $"{line.FloorMilliseconds:F2}",
            $"{line.Share:P0}",
        ];
        if (_hasPeak) cells.Add(Number(line.PeakBytes / 1e9));
        foreach (var peer in line.Peers)
        {
            cells.Add(peer.Differs ? "differs" : Number(peer.Milliseconds));
            cells.Add(Number(peer.Milliseconds / line.Milliseconds));
            cells.Add(Number(peer.ProcessorMilliseconds / line.ProcessorMilliseconds));
            if (_hasPeak) cells.Add(Number(peer.PeakBytes / 1e9));
        }

        if (_peers > 1) cells.AddRange([Number(line.Ratio), $" {line.Hardest?.Peer}"]);
        if (_peers > 0) cells.Add($"  {string.Join("; ", line.Peers.Select(Note))}");
        _table.Line([.. cells]);
    }

    private static string Number(double? value) => value is { } number ? $"{number:F2}" : "";

    private string Note(PeerMeasured peer)
    {
        string note = string.Join(": ", new[] { peer.Variant, peer.Problem }.OfType<string>());
        return _peers > 1 ? $"{peer.Peer} {note}" : note;
    }
}
