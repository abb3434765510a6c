using System.Globalization;
using System.Xml.Linq;
using EvsNative.Cli.Report;

namespace EvsNative.Cli.Tests.Report;

/// <summary>A measure over time as a picture.</summary>
public sealed class FlickerPlotTests
{
    private static readonly double[] Seconds = [.. Enumerable.Range(1, 5001).Select(i => i / 25.0)];

    [Fact]
    public void Long_clips_have_few_points_and_keep_their_peaks()
    {
        double[] values = [.. Seconds.Select((_, i) => i == 3333 ? 40.0 : 2 + (i % 7 * 0.1))];
        var points = FlickerPlot.Points(Seconds, values).ToList();
        Assert.InRange(points.Count, 1000, FlickerPlot.MostPoints);
        Assert.Contains((Seconds[3333], 40.0), points);
        Assert.Equal(points.Select(point => point.Time).Order(), points.Select(point => point.Time));
        Assert.Equal(Seconds[..2000].Zip(values[..2000]), FlickerPlot.Points(Seconds[..2000], values[..2000]));
    }

    [Fact]
    public void Lines_lie_inside_and_higher_is_more()
    {
        var svg = XElement.Parse(FlickerPlot.Svg("Flicker", [1, 2, 3, 4], [8, 8, 8, 8], [1, 3, 2, 0], 2));
        double[][] before = Line(svg, "before"), after = Line(svg, "after");
        Assert.All(before.Concat(after), point => Assert.True(point[0] is >= 44 and <= 616 && point[1] is >= 10 and <= 150));
        Assert.True(after[1][1] < after[2][1] && after[2][1] < after[0][1] && after[0][1] < after[3][1]);
        Assert.True(before[0][1] < after[1][1]);
        // The second half is not played on the page.
        var shown = Assert.Single(svg.Elements("rect"));
        Assert.Equal((616 - 44) / 2.0, double.Parse(shown.Attribute("width")!.Value, CultureInfo.InvariantCulture), 0.01);
        Assert.Equal(5, svg.Elements("path").Count(path => path.Attribute("class")!.Value == "grid"));
    }

    [Fact]
    public void What_is_not_known_is_not_drawn()
    {
        Assert.Equal("", FlickerPlot.Svg("Flicker", [1], [1], [1], 1));
        var svg = XElement.Parse(FlickerPlot.Svg("Flicker", [1, 2], [], [0, 0], double.PositiveInfinity));
        Assert.Empty(Line(svg, "before"));
        Assert.Equal(2, Line(svg, "after").Length);
        Assert.Empty(svg.Elements("rect"));
    }

    private static double[][] Line(XElement svg, string side) =>
    [
        .. svg.Elements("polyline").Where(line => line.Attribute("class")!.Value == side)
            .SelectMany(line => line.Attribute("points")!.Value.Split(' '))
            .Select(point => point.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()),
    ];
}
