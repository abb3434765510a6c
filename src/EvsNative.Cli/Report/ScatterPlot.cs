using System.Globalization;
using System.Text;
using EvsNative.Pipelines.Compare;

namespace EvsNative.Cli.Report;

/// <summary>
/// Two numbers of each setting against one another, as SVG that stands in a page: axes, ticks, points with labels, curves.
/// </summary>
internal static class ScatterPlot
{
    /// <summary>Where the points lie, in the picture's own units.</summary>
    private const double Left = 64, Right = 466, Top = 12, Bottom = 284, Width = 480, Height = 334, Radius = 4.5;

    /// <summary>Draws it; nothing where there are no points.</summary>
    /// <param name="name">what is plotted, for those who hear the page</param>
    /// <param name="x">what lies to the right</param>
    /// <param name="y">what lies upwards</param>
    /// <param name="series">the points</param>
    public static string Svg(string name, CompareColumn x, CompareColumn y, IReadOnlyList<PlotSeries> series)
    {
        var points = series.SelectMany(one => one.Points).ToArray();
        if (points.Length == 0) return "";
        PlotAxis across = new(x, [.. points.Select(point => point.X)], Left, Right);
        PlotAxis up = new(y, [.. points.Select(point => point.Y)], Bottom, Top);
        var svg = new StringBuilder();
        svg.Append($"<svg class=\"scatter\" viewBox=\"0 0 {N(Width)} {N(Height)}\" role=\"img\" ");
        svg.Append($"aria-label=\"{PageTemplate.Text(name)}\">\n");
        foreach (double tick in across.Ticks)
        {
            svg.Append($"<path class=\"grid\" d=\"M{N(across.Place(tick))} {N(Top)}V{N(Bottom)}\"/>");
            svg.Append($"<text x=\"{N(across.Place(tick))}\" y=\"{N(Bottom + 19)}\" text-anchor=\"middle\">{PlotAxis.Text(tick)}</text>\n");
        }

        foreach (double tick in up.Ticks)
        {
            svg.Append($"<path class=\"grid\" d=\"M{N(Left)} {N(up.Place(tick))}H{N(Right)}\"/>");
            svg.Append($"<text x=\"{N(Left - 8)}\" y=\"{N(up.Place(tick) + 4.5)}\" text-anchor=\"end\">{PlotAxis.Text(tick)}</text>\n");
        }

        svg.Append($"<path class=\"axis\" d=\"M{N(Left)} {N(Top)}V{N(Bottom)}H{N(Right)}\"/>\n");
        Title(svg, across, $"x=\"{N(Right)}\" y=\"{N(Height - 12)}\"");
        Title(svg, up, $"transform=\"translate(16 {N(Top)}) rotate(-90)\"");
        var labels = new PlotLabels(Left, Top, Right, Bottom);
        foreach (var point in points) labels.Keep(across.Place(point.X), up.Place(point.Y));
        foreach (var one in series) Series(svg, one, across, up, labels);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>A marker as the legend shows it.</summary>
    public static string Marker(PlotSeries series) =>
        $"<svg class=\"scatter key\" viewBox=\"0 0 22 14\" aria-hidden=\"true\"><g class=\"{series.Kind}\">"
        + $"{(series.IsLine ? "<path class=\"curve\" d=\"M1 7H21\"/>" : "")}{Shape(series.Kind, 11, 7, "")}</g></svg>";

    private static void Title(StringBuilder svg, PlotAxis axis, string place) =>
        svg.Append($"<text class=\"title\" {place} text-anchor=\"end\">{PageTemplate.Text(axis.Title)} →</text>\n");

    private static void Series(StringBuilder svg, PlotSeries series, PlotAxis across, PlotAxis up, PlotLabels labels)
    {
        svg.Append($"<g class=\"{series.Kind}\">\n");
        if (series.IsLine && series.Points.Count > 1)
        {
            var corners = series.Points.Select(point => $"{N(across.Place(point.X))},{N(up.Place(point.Y))}");
            svg.Append($"<polyline class=\"curve\" points=\"{string.Join(' ', corners)}\"/>\n");
        }

        foreach (var point in series.Points)
        {
            double x = across.Place(point.X), y = up.Place(point.Y);
            svg.Append(Shape(series.Kind, x, y, $"<title>{PageTemplate.Text(point.Tip)}</title>"));
            var (left, baseline) = labels.Place(x, y, point.Label);
            svg.Append($"<text class=\"label\" x=\"{N(left)}\" y=\"{N(baseline)}\">{PageTemplate.Text(point.Label)}</text>\n");
        }

        svg.Append("</g>\n");
    }

    /// <summary>Shapes differ as colours do, for those who see no colours: circles, squares, triangles, diamonds.</summary>
    private static string Shape(string kind, double x, double y, string title)
    {
        const double R = Radius;
        string path = kind switch
        {
            "s1" or "s4" => $"M{N(x - R)} {N(y - R)}h{N(2 * R)}v{N(2 * R)}h{N(-2 * R)}z",
            "s2" or "s5" => $"M{N(x)} {N(y - R - 1)}l{N(R + 1)} {N(2 * R)}h{N(-2 * R - 2)}z",
            "paper" or "s3" => $"M{N(x)} {N(y - R - 1)}l{N(R + 1)} {N(R + 1)}l{N(-R - 1)} {N(R + 1)}l{N(-R - 1)} {N(-R - 1)}z",
            _ => $"M{N(x - R)} {N(y)}a{N(R)} {N(R)} 0 1 0 {N(2 * R)} 0a{N(R)} {N(R)} 0 1 0 {N(-2 * R)} 0z",
        };
        return $"<path class=\"marker\" d=\"{path}\">{title}</path>";
    }

    private static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
