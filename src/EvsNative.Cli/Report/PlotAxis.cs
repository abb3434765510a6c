using System.Globalization;
using EvsNative.Pipelines.Compare;

namespace EvsNative.Cli.Report;

/// <summary>An axis of a plot: which numbers it holds, and where they lie in the picture.</summary>
internal sealed class PlotAxis
{
    private const int Steps = 7;
    private const double Margin = 0.09;

    private readonly CompareColumn _column;
    private readonly double _from, _to, _least, _most;

    /// <summary>
    /// An axis for some numbers, with room around them. Where less is better it runs backwards, so that better lies ahead.
    /// </summary>
    /// <param name="column">what the numbers are</param>
    /// <param name="values">the numbers; at least one, all finite</param>
    /// <param name="from">where it begins, in the picture's units</param>
    /// <param name="to">where it ends</param>
    public PlotAxis(CompareColumn column, IReadOnlyCollection<double> values, double from, double to)
    {
        (_column, _from, _to) = (column, from, to);
        double least = values.Min(), most = values.Max(), span = Math.Max(most - least, Math.Max(Math.Abs(most) * 1e-3, 1e-6));
        (_least, _most) = (least - Margin * span, most + Margin * span);
        if (column.MoreIsBetter == false) (_from, _to) = (to, from);
    }

    /// <summary>What it shows, in which unit, and which way is better.</summary>
    public string Title => _column.MoreIsBetter switch
    {
        true => $"{_column.Heading}: more is better",
        false => $"{_column.Heading}: less is better",
        null => $"{_column.Heading}: more keeps more of it",
    };

    /// <summary>Round numbers along it.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            double step = FlickerPlot.Step((_most - _least) / Steps);
            for (double tick = Math.Ceiling(_least / step) * step; tick <= _most; tick += step) yield return tick;
        }
    }

    /// <summary>Where a number lies.</summary>
    public double Place(double value) => _from + (_to - _from) * (value - _least) / (_most - _least);

    /// <summary>A number beside its tick, with as many digits as tell it from the next.</summary>
    public static string Text(double tick) => Math.Round(tick, 6).ToString("0.######", CultureInfo.InvariantCulture);
}
