namespace EvsNative.Bench;

/// <summary>The lines below the table: geometric means of each group, of all convolutions, and how steady the machine was.</summary>
internal static class Summaries
{
    public static void Print(IReadOnlyList<Measured> lines, Roof roof)
    {
        foreach (var group in lines.GroupBy(line => line.Shape.Group)) Mean(group.Key, [.. group]);
        Mean("all convolutions", [.. lines.Where(line => line.Shape.Group.StartsWith("conv", StringComparison.Ordinal))]);
        Console.WriteLine(
            $"multiply-adds of {roof.Bursts.Count} bursts: least {roof.Bursts.Min():F0}, median {Statistics.Median(roof.Bursts):F0}, "
            + $"most {roof.Bursts.Max():F0} GFLOP/s");
    }

    private static void Mean(string name, Measured[] lines)
    {
        if (lines.Length == 0) return;
        double share = Statistics.GeometricMean([.. lines.Select(line => line.Share)]);
        double[] ratios = [.. lines.Select(line => line.Ratio).OfType<double>()];
        string peer = ratios.Length == 0
            ? ""
            : $", peer/ours {Statistics.GeometricMean(ratios):F2} (least {ratios.Min():F2}, "
                + $"faster in {ratios.Count(r => r >= 1)} of {ratios.Length})";
        Console.WriteLine($"geometric mean of {name} ({lines.Length}): {share:P0} of the roof{peer}");
    }
}
