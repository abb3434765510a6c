namespace EvsNative.Cli.Report;

/// <summary>
/// Places labels beside points, one after the other, each on the side where it covers the least of points and earlier labels.
/// </summary>
/// <param name="left">edges of the picture, in its units</param>
/// <param name="top">see left</param>
/// <param name="right">see left</param>
/// <param name="bottom">see left</param>
internal sealed class PlotLabels(double left, double top, double right, double bottom)
{
    /// <summary>Of a letter, on average, and of a line.</summary>
    private const double LetterWidth = 7.4, LineHeight = 15, Distance = 8, Marker = 5;

    private readonly List<(double Left, double Top, double Right, double Bottom)> _taken = [];

    /// <summary>A point lies here: labels keep off it.</summary>
    public void Keep(double x, double y) => _taken.Add((x - Marker, y - Marker, x + Marker, y + Marker));

    /// <summary>Finds a place for a label.</summary>
    /// <param name="x">of its point</param>
    /// <param name="y">of its point</param>
    /// <param name="text">the label</param>
    /// <returns>where its baseline begins</returns>
    public (double X, double Y) Place(double x, double y, string text)
    {
        double width = text.Length * LetterWidth, high = y - Distance, low = y + Distance + LineHeight * 0.7, beside = y + LineHeight * 0.3;
        (double X, double Y)[] places =
        [
            (x + Distance, beside), (x - Distance - width, beside), (x - width / 2, high), (x - width / 2, low),
            (x + Distance, high), (x + Distance, low), (x - Distance - width, high), (x - Distance - width, low),
        ];
        var best = places.MinBy(place => Covered(Box(place, width)));
        _taken.Add(Box(best, width));
        return best;
    }

    private static (double Left, double Top, double Right, double Bottom) Box((double X, double Y) place, double width) =>
        (place.X, place.Y - LineHeight * 0.75, place.X + width, place.Y + LineHeight * 0.25);

    /// <summary>Area that a label would share with others; outside of the picture is worse than anything inside.</summary>
    private double Covered((double Left, double Top, double Right, double Bottom) box)
    {
        const double Outside = 1e6;
        double covered = box.Left < left || box.Right > right || box.Top < top || box.Bottom > bottom ? Outside : 0;
        foreach (var other in _taken)
        {
            double width = Math.Min(box.Right, other.Right) - Math.Max(box.Left, other.Left);
            double height = Math.Min(box.Bottom, other.Bottom) - Math.Max(box.Top, other.Top);
            if (width > 0 && height > 0) covered += width * height;
        }

        return covered;
    }
}
