using System.Globalization;
using System.Xml.Linq;
using EvsNative.Cli.Report;
using EvsNative.Pipelines.Compare;

namespace EvsNative.Cli.Tests.Report;

/// <summary>Points lie where their numbers say, better lies to the right and up, and labels can be read.</summary>
public sealed class ScatterPlotTests
{
    private static readonly XNamespace Svg = "";

    [Fact]
    public void Less_residual_lies_further_right_and_more_sharpness_higher()
    {
        var plot = Plot(CompareColumn.Residual, CompareColumn.Sharpness, (3, 2), (1, 4));
        var (first, second) = (Points(plot)[0], Points(plot)[1]);
        Assert.True(second.X > first.X && second.Y < first.Y, $"{first} {second}");
        Assert.Contains("residual, grey levels: less is better →", plot.Value, StringComparison.Ordinal);
        Assert.Contains("sharpness, grey levels a pixel: more is better →", plot.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Ticks_are_round_and_lie_at_their_numbers()
    {
        var plot = Plot(CompareColumn.MotionSmoothness, CompareColumn.PsnrToInput, (0.9666, 20), (0.9903, 26));
        var ticks = plot.Descendants(Svg + "text").Where(text => text.Attribute("text-anchor")?.Value == "middle").ToArray();
        Assert.InRange(ticks.Length, 4, 8);
        double[] numbers = [.. ticks.Select(tick => double.Parse(tick.Value, CultureInfo.InvariantCulture))];
        double[] steps = [.. numbers.Zip(numbers.Skip(1), (a, b) => Math.Round(b - a, 9))];
        Assert.Equal(0.005, Assert.Single(steps.Distinct()));
        // The first point's place by the line through two ticks.
        double[] places = [.. ticks.Select(tick => Number(tick, "x"))];
        double expected = places[0] + (0.9666 - numbers[0]) / (numbers[1] - numbers[0]) * (places[1] - places[0]);
        Assert.Equal(expected, Points(plot)[0].X, 0.1);
    }

    [Fact]
    public void Equal_numbers_and_a_single_point_have_a_plot_too()
    {
        Assert.Equal(2, Points(Plot(CompareColumn.Residual, CompareColumn.Sharpness, (2, 2), (2, 2))).Length);
        Assert.Single(Points(Plot(CompareColumn.Residual, CompareColumn.Sharpness, (0, 0))));
        Assert.Empty(ScatterPlot.Svg("none", CompareColumn.Residual, CompareColumn.Sharpness, []));
    }

    [Fact]
    public void Labels_cover_neither_points_nor_each_other_where_there_is_room()
    {
        var labels = new PlotLabels(0, 0, 640, 400);
        (double X, double Y)[] points = [(300, 200), (312, 203), (306, 190), (296, 208), (630, 10)];
        foreach (var (x, y) in points) labels.Keep(x, y);
        var boxes = points.Select(point =>
        {
            var (left, baseline) = labels.Place(point.X, point.Y, "T2I+T2V");
            return (Left: left, Top: baseline - 10, Right: left + 45, Bottom: baseline + 3);
        }).ToArray();
        for (int i = 0; i < boxes.Length; i++)
            for (int j = 0; j < i; j++) Assert.False(Overlap(boxes[i], boxes[j]), $"{boxes[i]} {boxes[j]}");
        Assert.True(boxes[^1] is { Right: <= 640, Top: >= 0 }, $"{boxes[^1]}");
    }

    [Fact]
    public void A_users_text_stays_text()
    {
        var series = new PlotSeries("<script>", "s0", true, [new PlotPoint(1, 1, "<b>&", "\"<i>"), new PlotPoint(2, 2, "two", "two")]);
        string svg = ScatterPlot.Svg("a \"name\"", CompareColumn.Residual, CompareColumn.Sharpness, [series]);
        var plot = XElement.Parse(svg);
        Assert.Contains(plot.Descendants(Svg + "text"), text => text.Value == "<b>&");
        Assert.Single(plot.Descendants(Svg + "polyline"));
    }

    private static bool Overlap(
        (double Left, double Top, double Right, double Bottom) a, (double Left, double Top, double Right, double Bottom) b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    private static XElement Plot(CompareColumn x, CompareColumn y, params (double X, double Y)[] points)
    {
        var series = new PlotSeries("one", "s0", false, [.. points.Select(point => new PlotPoint(point.X, point.Y, "point", "a point"))]);
        return XElement.Parse(ScatterPlot.Svg("a plot", x, y, [series]));
    }

    private static (double X, double Y)[] Points(XElement plot) =>
    [
        .. plot.Descendants(Svg + "path").Where(path => path.Attribute("class")?.Value == "marker").Select(path =>
        {
            // A circle begins at its left.
            string[] words = path.Attribute("d")!.Value.TrimStart('M').Split(' ', 'a');
            return (double.Parse(words[0], CultureInfo.InvariantCulture) + 4.5, double.Parse(words[1], CultureInfo.InvariantCulture));
        }),
    ];

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
