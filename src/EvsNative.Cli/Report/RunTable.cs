using System.Globalization;
using EvsNative.Pipelines.Runs;
using Spectre.Console;

namespace EvsNative.Cli.Report;

/// <summary>A run's summary for people: the measures, then where the time went, then what was written.</summary>
public static class RunTable
{
    /// <summary>Prints to a console; texts of the user are printed as they are, never read as markup.</summary>
    public static void Print(IAnsiConsole console, RunSummary run)
    {
        var measures = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        measures.AddColumn("");
        foreach (string heading in new[] { "before", "after", "change" }) measures.AddColumn(new TableColumn(heading).RightAligned());
        foreach (var row in MeasureRow.Of(run))
        {
            var change = new Text(
                row.Change, row.Better switch { true => new Style(Color.Green), false => new Style(Color.Yellow), null => Style.Plain });
            measures.AddRow(
                new Text(row.Name.Length > 4 ? row.Name.ToLowerInvariant() : row.Name), new Text(row.Before), new Text(row.After), change);
        }

        console.Write(measures);

        var stages = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        stages.AddColumn("stage").AddColumn(new TableColumn("steps").RightAligned()).AddColumn(new TableColumn("seconds").RightAligned());
        foreach (var stage in run.Stages)
            stages.AddRow(new Text(stage.Name), new Text(stage.Steps > 0 ? $"{stage.Steps}" : ""), new Text(Seconds(stage.Seconds)));
        stages.AddRow(new Text("in all", new Style(decoration: Decoration.Bold)), new Text($"{run.Steps}"), new Text(Seconds(run.Seconds)));
        console.Write(stages);

        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        Fact("device", $"{run.Device}, {run.Precision}");
        if (run.PassedOver.Count > 0) Fact("", string.Join("; ", run.PassedOver));
        Fact("peak memory", Bytes(run.PeakMemoryBytes));
        string frames = run.Output.Frames == 1 ? "1 frame" : $"{run.Output.Frames} frames";
        string sizes = $"{run.Input.Width}x{run.Input.Height} to {run.Output.Width}x{run.Output.Height}";
        Fact("clip", $"{frames}, {sizes}, {run.Output.Rate} a second");
        foreach (string path in run.Written) Fact("written", path);
        console.Write(facts);

        void Fact(string name, string value) => facts.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
    }

    /// <summary>"5.3" or "312".</summary>
    internal static string Seconds(double seconds) => seconds.ToString(seconds < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    /// <summary>"210 MB", "3.4 GB": powers of ten.</summary>
    internal static string Bytes(long bytes) => bytes < 1_000_000_000
        ? (bytes / 1e6).ToString("0", CultureInfo.InvariantCulture) + " MB"
        : (bytes / 1e9).ToString("0.0", CultureInfo.InvariantCulture) + " GB";
}
