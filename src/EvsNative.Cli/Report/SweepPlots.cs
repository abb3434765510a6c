using EvsNative.Pipelines.Compare;

namespace EvsNative.Cli.Report;

/// <summary>
/// The plots of a comparison: how much of the input is kept against smoothness, as the paper's Figures 7 and 8, and how good the pictures
/// are against smoothness. Smoothness is the judge's where it is known, else what neighbouring frames differ by.
/// </summary>
internal static class SweepPlots
{
    private const int Looks = 6;

    /// <summary>Both, as HTML.</summary>
    public static string Html(CompareResult result)
    {
        if (result.Input is not { } input) return "";
        bool isJudged = input.Scores.MotionSmoothness is not null;
        var smoothness = isJudged ? CompareColumn.MotionSmoothness : CompareColumn.Residual;
        var quality = isJudged && input.Scores.Dover is not null ? CompareColumn.Dover : CompareColumn.Sharpness;
        return Figure(result, "Kept of the input, against smoothness", smoothness, CompareColumn.PsnrToInput)
            + Figure(result, $"{(quality == CompareColumn.Dover ? "Quality" : "Sharpness")}, against smoothness", smoothness, quality);
    }

    /// <summary>The points of a plot.</summary>
    internal static IReadOnlyList<PlotSeries> Series(CompareResult result, CompareColumn x, CompareColumn y)
    {
        var series = new List<PlotSeries>();
        foreach (var (i, group) in result.Request.Groups.Index())
        {
            var points = group.Variants.Select(variant => Point(result.Row(variant)!, variant.Point, x, y)).OfType<PlotPoint>();
            series.Add(new PlotSeries(group.Name, $"s{i % Looks}", group.IsCurve, [.. points]));
        }

        if (result.Request.Set is { } set)
        {
            var rows = set == PaperSet.VideoCrafter2 ? PaperTable.Compositions : PaperTable.Methods(set);
            var published = rows.Select(row => Point(CompareRow.Of(row), $"{row.Name}", x, y)).OfType<PlotPoint>();
            series.Add(new PlotSeries("as published", "paper", IsLine: false, [.. published]));
        }

        series.RemoveAll(one => one.Points.Count == 0);
        if (Input(result, x, y) is { } input && IsNear(input, [.. series.SelectMany(one => one.Points)]))
            series.Add(new PlotSeries("the input", "input", IsLine: false, [input]));
        return series;
    }

    private static PlotPoint? Input(CompareResult result, CompareColumn x, CompareColumn y) => Point(result.Input!, "input", x, y);

    /// <summary>Whether a point leaves the others at least half of each axis.</summary>
    private static bool IsNear(PlotPoint point, PlotPoint[] others)
    {
        return others.Length == 0 || (Leaves(one => one.X) && Leaves(one => one.Y));

        bool Leaves(Func<PlotPoint, double> of)
        {
            double[] numbers = [.. others.Select(of)];
            double all = Math.Max(numbers.Max(), of(point)) - Math.Min(numbers.Min(), of(point));
            return numbers.Max() - numbers.Min() >= all / 2;
        }
    }

    private static PlotPoint? Point(CompareRow row, string label, CompareColumn x, CompareColumn y) =>
        (x.Value(row), y.Value(row)) is ({ } across, { } up) && double.IsFinite(across) && double.IsFinite(up)
            ? new PlotPoint(across, up, label, $"{row.Name}: {x.Title} {x.Text(row)}, {y.Title} {y.Text(row)}")
            : null;

    private static string Figure(CompareResult result, string heading, CompareColumn x, CompareColumn y)
    {
        var series = Series(result, x, y);
        string svg = ScatterPlot.Svg(heading, x, y, series);
        if (svg.Length == 0) return "";
        bool isOutside = series.All(one => one.Kind != "input");
        string note = isOutside && Input(result, x, y) is { } input
            ? $"<p class=\"facts\">Outside of the plot: {PageTemplate.Text(input.Tip)}.</p>"
            : "";
        var legend = series.Select(one => $"<li>{ScatterPlot.Marker(one)} {PageTemplate.Text(one.Name)}</li>");
        return $"<section><h2>{PageTemplate.Text(heading)}</h2>\n"
            + $"<ul class=\"legend\">{string.Concat(legend)}</ul>\n{svg}{note}</section>\n";
    }
}
