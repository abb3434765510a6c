namespace EvsNative.Cli.Report;

/// <summary>Points of a plot that belong together.</summary>
/// <param name="Name">in the legend</param>
/// <param name="Kind">of its look: a class of the page's style, such as "s0" or "paper"</param>
/// <param name="IsLine">whether a line joins the points in their order</param>
/// <param name="Points">the points</param>
internal sealed record PlotSeries(string Name, string Kind, bool IsLine, IReadOnlyList<PlotPoint> Points);

/// <summary>A point of a plot.</summary>
/// <param name="X">to the right</param>
/// <param name="Y">upwards</param>
/// <param name="Label">beside it</param>
/// <param name="Tip">what a pointer that rests on it is told</param>
internal sealed record PlotPoint(double X, double Y, string Label, string Tip);
