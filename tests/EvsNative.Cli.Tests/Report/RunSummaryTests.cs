using System.Text.Json;
using EvsNative.Cli.Report;
using EvsNative.Pipelines.Measures;
using EvsNative.Pipelines.Runs;
using Spectre.Console;

namespace EvsNative.Cli.Tests.Report;

public sealed class RunSummaryTests
{
    [Fact]
    public void Json_says_everything_with_numbers_as_numbers()
    {
        using var json = JsonDocument.Parse(TestRuns.Make().ToJson());
        var run = json.RootElement;
        Assert.Equal("evs", run.GetProperty("mode").GetString());
        Assert.Equal(7, run.GetProperty("seed").GetInt64());
        Assert.Equal(7.5, run.GetProperty("settings").GetProperty("guidance").GetDouble());
        Assert.True(run.GetProperty("settings").GetProperty("shared-noise").GetBoolean());
        Assert.Equal("30000/1001", run.GetProperty("output").GetProperty("rate").GetString());
        Assert.Equal(13, run.GetProperty("steps").GetInt32());
        Assert.Equal(120.4, run.GetProperty("stages")[1].GetProperty("seconds").GetDouble());
        Assert.Equal(3_400_000_000, run.GetProperty("peakMemoryBytes").GetInt64());
        Assert.Equal(8, run.GetProperty("before").GetProperty("flicker").GetDouble());
        Assert.Equal(21.5, run.GetProperty("after").GetProperty("psnr").GetDouble());
        Assert.Equal("out[1].mp4", run.GetProperty("written")[0].GetString());
    }

    [Fact]
    public void Json_has_the_measures_over_time_in_a_line_each()
    {
        string text = TestRuns.Make().ToJson();
        Assert.Contains("\"flicker\": [2,1.1235,3]", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        var series = json.RootElement.GetProperty("series");
        Assert.Equal([0.0333, 0.0667, 0.1], series.GetProperty("seconds").EnumerateArray().Select(number => number.GetDouble()));
        Assert.Equal(4.25, series.GetProperty("before").GetProperty("residual")[1].GetDouble());
        Assert.Equal("weights", json.RootElement.GetProperty("memory")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void Json_bears_measures_that_are_missing_or_infinite()
    {
        var none = new VideoMeasures(null, null, 1);
        var run = TestRuns.Make() with { Before = none, After = none with { Psnr = double.PositiveInfinity } };
        using var json = JsonDocument.Parse(run.ToJson());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("before").GetProperty("flicker").ValueKind);
        Assert.Equal("Infinity", json.RootElement.GetProperty("after").GetProperty("psnr").GetString());
    }

    [Fact]
    public void The_table_shows_measures_times_and_files()
    {
        string text = Print(TestRuns.Make());
        string[] expected =
        [
            "flicker", "8.00", "2.00", "−75 %", "+25 %", "+1.50 dB", "image noise 20..10", "120", "30.1", "152", "13", "3.4 GB",
            "a device [green], float32", "out[1].mp4", "64x48 to 128x96",
        ];
        Assert.All(expected, word => Assert.Contains(word, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_clean_original_there_is_no_nearness_to_it()
    {
        var run = TestRuns.Make() with { Before = new VideoMeasures(8, 4, 2), After = new VideoMeasures(2, 5, 2.5) };
        Assert.DoesNotContain("PSNR", Print(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_knows_whether_it_is_for_the_better()
    {
        var rows = MeasureRow.All(new VideoMeasures(8, 4, 2, 20), new VideoMeasures(2, 5, 2.001, null));
        Assert.Equal([true, false, null, null], rows.Select(row => row.Better));
        Assert.Equal(["−75 %", "+25 %", "0 %", ""], rows.Select(row => row.Change));
        Assert.Equal("–", rows[3].After);
        Assert.Equal("from zero", MeasureRow.All(new VideoMeasures(0, 0, 0), new VideoMeasures(1, 1, 1))[0].Change);
    }

    private static string Print(RunSummary run)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 100;
        RunTable.Print(console, run);
        return writer.ToString();
    }
}
