namespace EvsNative.Bench;

/// <summary>A line of a peer's file, by bench/peers/torch_gpu.py.</summary>
/// <param name="Line">the same words as ours</param>
/// <param name="Milliseconds">of the fastest form; null if none ran</param>
/// <param name="Variant">that form</param>
/// <param name="Problem">why there is no time</param>
/// <param name="Peer">on the file's first line: what the peer is</param>
internal sealed record PeerLine(string? Line, double? Milliseconds, string? Variant, string? Problem, string? Peer);

/// <summary>Our times beside a peer's, from the files of both.</summary>
internal static class BesidePeer
{
    /// <param name="ours">what <c>gpu --json</c> wrote</param>
    /// <param name="theirs">what the peer wrote</param>
    /// <param name="isMarkdown">print for a page</param>
    /// <exception cref="Layers.InputException">a file cannot be read</exception>
    public static int Print(string ours, string theirs, bool isMarkdown)
    {
        var peer = JsonLines.Read<PeerLine>(theirs);
        var pairs = Join(JsonLines.Read<GpuLine>(ours), peer);
        foreach (var line in peer.Where(line => line.Peer is not null)) Console.WriteLine($"peer: {line.Peer}");
        Console.WriteLine();
        var table = new Table(isMarkdown, ("operation", 52), ("ours ms", 11), ("peer ms", 11), ("peer/ours", 11), (" peer's form", 24));
        table.Head();
        foreach (var (line, found) in pairs)
        {
            table.Line(
                line.Line, Cell(line.Milliseconds), Cell(found.Milliseconds), Ratio(line, found) is { } ratio ? $"{ratio:F2}" : "",
                found.Variant ?? found.Problem ?? "");
        }

        Console.WriteLine();
        foreach (var group in pairs.GroupBy(pair => pair.Ours.Group))
        {
            double[] ratios = [.. group.Select(pair => Ratio(pair.Ours, pair.Theirs)).OfType<double>()];
            if (ratios.Length == 0) continue;
            Console.WriteLine($"geometric mean of {group.Key}: peer/ours {Statistics.GeometricMean(ratios):F2} "
                + $"(least {ratios.Min():F2}, faster in {ratios.Count(r => r >= 1)} of {ratios.Length})");
        }

        return 0;
    }

    /// <summary>Our lines that the peer was asked for, each with the peer's fastest form.</summary>
    public static IReadOnlyList<(GpuLine Ours, PeerLine Theirs)> Join(IEnumerable<GpuLine> ours, IEnumerable<PeerLine> theirs)
    {
        var byLine = theirs.Where(line => line.Line is not null).GroupBy(line => line.Line!).ToDictionary(found => found.Key, Fastest);
        return [.. ours.Where(line => line.Line is not null && byLine.ContainsKey(line.Line)).Select(line => (line, byLine[line.Line]))];
    }

    /// <summary>The peer's time over ours: above 1 we are faster.</summary>
    public static double? Ratio(GpuLine ours, PeerLine theirs) => theirs.Milliseconds / ours.Milliseconds;

    /// <summary>Of several forms of a line the fastest; where none ran, the first reason.</summary>
    private static PeerLine Fastest(IEnumerable<PeerLine> forms) =>
        forms.Where(line => line.Milliseconds is not null).MinBy(line => line.Milliseconds) ?? forms.First();

    private static string Cell(double? milliseconds) => milliseconds is { } ms ? $"{ms:F4}" : "";
}
