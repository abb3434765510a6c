using System.Globalization;
using System.Text;

namespace EvsNative.Cli.Report;

/// <summary>One measure of both clips over time as SVG that stands in a page: two lines over a grid, and a hand for the time.</summary>
internal static class FlickerPlot
{
    /// <summary>Most points of a line; above, each stands for several and is the highest of them.</summary>
    public const int MostPoints = 2000;

    /// <summary>Where the lines lie, in the picture's own units.</summary>
    private const double Left = 44, Right = 616, Top = 10, Bottom = 150, Width = 640, Height = 176;

    /// <summary>Draws it; nothing where there are not two numbers to join.</summary>
    /// <param name="name">what is plotted, for those who hear the page</param>
    /// <param name="seconds">when, rising</param>
    /// <param name="before">grey levels; empty where they are not known</param>
    /// <param name="after">grey levels, as many as there are times</param>
    /// <param name="shown">seconds from the beginning that the page plays</param>
    public static string Svg(
        string name, IReadOnlyList<double> seconds, IReadOnlyList<double> before, IReadOnlyList<double> after, double shown)
    {
        if (after.Count < 2) return "";
        double end = Math.Max(seconds[^1], 1e-9), most = Step(Math.Max(before.Concat(after).Max(), 1e-3) / 4) * 4;
        double X(double time) => Left + (Right - Left) * time / end;
        double Y(double value) => Bottom - (Bottom - Top) * value / most;

        var svg = new StringBuilder();
        svg.Append($"<svg class=\"plot\" viewBox=\"0 0 {N(Width)} {N(Height)}\" role=\"img\" aria-label=\"{name} over time\" ");
        svg.Append($"data-left=\"{N(Left)}\" data-scale=\"{N((Right - Left) / end)}\">\n");
        if (shown < end)
        {
            svg.Append($"<rect class=\"shown\" x=\"{N(Left)}\" y=\"{N(Top)}\" width=\"{N(X(shown) - Left)}\" ");
            svg.Append($"height=\"{N(Bottom - Top)}\"/>\n");
        }

        for (int i = 0; i <= 4; i++)
        {
            double value = most * i / 4;
            svg.Append($"<path class=\"grid\" d=\"M{N(Left)} {N(Y(value))}H{N(Right)}\"/>");
            svg.Append($"<text x=\"{N(Left - 6)}\" y=\"{N(Y(value) + 4)}\" text-anchor=\"end\">{N(value)}</text>\n");
        }

        double step = Step(end / 6);
        for (int i = 0; i * step <= end; i++)
            svg.Append($"<text x=\"{N(X(i * step))}\" y=\"{N(Height - 6)}\" text-anchor=\"middle\">{N(i * step)} s</text>\n");

        Line("before", before);
        Line("after", after);
        svg.Append($"<path class=\"hand\" d=\"M0 {N(Top)}V{N(Bottom)}\" transform=\"translate({N(Left)} 0)\"/>\n</svg>\n");
        return svg.ToString();

        void Line(string side, IReadOnlyList<double> values)
        {
            if (values.Count < 2) return;
            var points = Points(seconds, values).Select(point => $"{N(X(point.Time))},{N(Y(point.Value))}");
            svg.Append($"<polyline class=\"{side}\" points=\"{string.Join(' ', points)}\"/>\n");
        }
    }

    /// <summary>At most <see cref="MostPoints"/>: the highest of each stretch, so that no peak is lost.</summary>
    public static IEnumerable<(double Time, double Value)> Points(IReadOnlyList<double> seconds, IReadOnlyList<double> values)
    {
        int stretch = (values.Count + MostPoints - 1) / MostPoints;
        for (int first = 0; first < values.Count; first += stretch)
        {
            int highest = first;
            for (int i = first; i < Math.Min(first + stretch, values.Count); i++) highest = values[i] > values[highest] ? i : highest;
            yield return (seconds[highest], values[highest]);
        }
    }

    /// <summary>The next of 1, 2, 2.5 or 5 times a power of ten.</summary>
    internal static double Step(double least)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * new[] { 1, 2, 2.5, 5, 10 }.First(step => step * power >= least * (1 - 1e-9));
    }

    private static string N(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
