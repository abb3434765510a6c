using System.Globalization;
using EvsNative.Pipelines.Runs;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary>What <c>plan</c> says of memory: what is needed and free, how the run fits, and what smaller plans cost in time.</summary>
internal static class PlanMemory
{
    /// <summary>Below the table of phases.</summary>
    public static IEnumerable<string> Lines(MemoryPlanner planner) => [$"memory                        {planner.Line}"];

    /// <summary>All plans that were looked at.</summary>
    public static Table Table(MemoryPlanner planner)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("memory plan");
        foreach (string column in new[] { "needs", "work", "weights read" }) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var (plan, forecast) in Rows(planner))
        {
            string mark = plan == planner.Plan ? " (chosen)" : "";
            table.AddRow(
                Markup.Escape($"{plan}{mark}"), $"{Number(forecast.Need / 1e9, "F2")} GB", Number(Work(planner, forecast), "F3"),
                $"{Number(forecast.ReadWeightBytes / 1e9, "F1")} GB");
        }

        return table;
    }

    /// <summary>For scripts.</summary>
    public static object Facts(MemoryPlanner planner) => new
    {
        plan = $"{planner.Plan}",
        neededBytes = planner.Forecast.PeakBytes,
        freeBytes = planner.Budget.HostBytes,
        deviceNeededBytes = planner.Forecast.DeviceBytes,
        deviceFreeBytes = planner.Budget.DeviceBytes,
        choices = Rows(planner).Select(row => new
        {
            plan = $"{row.Plan}",
            isChosen = row.Plan == planner.Plan,
            neededBytes = row.Forecast.Need,
            work = Work(planner, row.Forecast),
            readWeightBytes = row.Forecast.ReadWeightBytes,
        }),
    };

    /// <summary>The chosen plan may stand between two of those that were looked at: it keeps what there is room for.</summary>
    private static IEnumerable<WeighedPlan> Rows(MemoryPlanner planner) => planner.Weighed
        .Append(new WeighedPlan(planner.Plan, planner.Forecast)).DistinctBy(row => row.Plan).OrderByDescending(row => row.Forecast.Need);

    /// <summary>Work over that of the run as it was asked for.</summary>
    private static double Work(MemoryPlanner planner, Forecast forecast) =>
        forecast.Flops / (double)Math.Max(1, planner.Asked.Forecast.Flops);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
