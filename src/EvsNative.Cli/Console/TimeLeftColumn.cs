using Spectre.Console;
using Spectre.Console.Rendering;

namespace EvsNative.Cli;

/// <summary>The time that a run still takes, as it says itself: a bar's own guess knows only how fast the bar grew.</summary>
internal sealed class TimeLeftColumn : ProgressColumn
{
    private const string Key = "left";
    private const double Unknown = -1;

    /// <summary>Tells it.</summary>
    public static void Set(ProgressTask task, double? seconds) => task.State.Update<double>(Key, _ => seconds ?? Unknown);

    /// <summary>"", "12 s left", "3 min left", "2 h 5 min left".</summary>
    public static string Words(double? seconds) => seconds switch
    {
        null => "",
        < 90 => FormattableString.Invariant($"{seconds:0} s left"),
        < 5400 => FormattableString.Invariant($"{seconds / 60:0} min left"),
        _ => FormattableString.Invariant($"{Math.Floor(seconds.Value / 3600):0} h {seconds.Value % 3600 / 60:0} min left"),
    };

    /// <inheritdoc/>
    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(Words(task.State.Get<double>(Key) is >= 0 and var left ? left : null));
}
