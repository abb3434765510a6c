using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Compare;

/// <summary>From cells to rows, and rows as Markdown and comma-separated values.</summary>
public sealed class CompareTableTests
{
    [Fact]
    public void Means_are_over_clips_that_are_there_under_every_setting()
    {
        var result = Result(Paper());
        Assert.Equal(["a", "b"], result.WholeClips);
        Assert.Equal(15, result.Row(T2I(result))!.Measures.PsnrToInput);
        Assert.Equal(3, result.Row(T2I(result))!.Seconds);
        Assert.Null(result.Input!.Seconds);
        Assert.Equal(("c", "it is broken"), (Assert.Single(result.Failed).Clip, Assert.Single(result.Failed).Fault));
        Assert.Contains(CompareNotes.Of(result), note => note.Contains("2 clips of 3", StringComparison.Ordinal));
        Assert.Contains(CompareNotes.Of(result), note => note.Contains("it is broken", StringComparison.Ordinal));
    }

    /// <summary>The paper's own means come back as the paper's Overall.</summary>
    [Fact]
    public void The_Overall_counts_from_the_DOVER_of_the_clips_as_they_were_given()
    {
        var result = Result(Paper());
        Assert.Equal(0.6435, result.Input!.Overall!.Value, 0.0005);
        Assert.Equal(0.7567, result.Row(T2I(result))!.Overall!.Value, 0.0005);
    }

    [Fact]
    public void One_missing_score_leaves_the_Overall_out_and_nothing_else()
    {
        var row = Result(Paper() with { Aesthetic = null }).Input!;
        Assert.Null(row.Overall);
        Assert.NotNull(row.Scores.MotionSmoothness);
    }

    [Fact]
    public void Published_rows_stand_beside_ours_only_where_the_clips_are_said_to_be_the_papers()
    {
        var result = Result(Paper());
        Assert.DoesNotContain(CompareTable.Of(result)[0].Rows, row => row.IsPublished);
        var table = CompareTable.Of(result with { Request = result.Request with { Set = PaperSet.VideoCrafter2 } })[0];
        Assert.Equal(
            ["input", "original, as published", "T2I", "T2I, as published", "T2V", "T2V, as published"],
            table.Rows.Select(row => row.Name));
        Assert.Equal(108.62, table.Rows[3].Seconds);
        // Of the other set only the whole method was published.
        var other = CompareTable.Of(result with { Request = result.Request with { Set = PaperSet.AnimateDiff2 } })[0];
        Assert.Equal(["input", "original, as published", "T2I", "T2V"], other.Rows.Select(row => row.Name));
    }

    [Fact]
    public void Markdown_has_the_papers_columns_first_and_leaves_out_those_without_numbers()
    {
        string judged = CompareMarkdown.Of(Result(Paper()));
        Assert.Contains("| | MS | SC | DOVER | AP | Overall | PSNR to input, dB | SSIM to input |", judged, StringComparison.Ordinal);
        Assert.Contains("| T2I | 0.9666 | 0.9710 | 71.96 | 5.48 | 0.756", judged, StringComparison.Ordinal);
        string plain = CompareMarkdown.Of(Result(CellScores.None));
        Assert.Contains("| | PSNR to input, dB | SSIM to input | flicker, grey levels | residual", plain, StringComparison.Ordinal);
        Assert.Contains("| input | – | – | 7.00 |", plain, StringComparison.Ordinal);
        Assert.Contains("need the weights of the paper's judges", plain, StringComparison.Ordinal);
        // What was published is there in any case, with its misprint.
        Assert.All([judged, plain], text => Assert.Contains("| T2V+T2I | 0.9868 | 0.9796 | 75.27 | 5.44 | 0.8474 | 160.31 |", text,
            StringComparison.Ordinal));
        Assert.Contains("73.27", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Comma_separated_values_have_one_width_and_every_cell()
    {
        string[] lines = CompareCsv.Of(Result(Paper())).TrimEnd().Split('\n');
        int columns = lines[0].Split(',').Length;
        string[] ours = [.. lines.Where(line => !line.StartsWith("paper", StringComparison.Ordinal))];
        Assert.All(ours, line => Assert.Equal(columns, line.Split(',').Length));
        Assert.Equal(3, ours.Count(line => line.StartsWith("mean,", StringComparison.Ordinal)));
        // Three clips as they were given and under two settings; one of these failed.
        Assert.Equal(8, ours.Count(line => line.StartsWith("clip,", StringComparison.Ordinal)));
        Assert.Equal(12, lines.Count(line => line.StartsWith("paper,", StringComparison.Ordinal)));
        Assert.Contains(ours, line => line.StartsWith("clip,compositions,T2I,a,", StringComparison.Ordinal));
    }

    private static CompareVariant T2I(CompareResult result) => result.Request.Groups[0].Variants[0];

    /// <summary>The paper's clips as they were given.</summary>
    private static CellScores Paper() => Scores(PaperTable.Methods(PaperSet.VideoCrafter2)[0]);

    private static CellScores Scores(PaperRow row) => new(row.MotionSmoothness, row.SubjectConsistency, row.Dover, row.Aesthetic);

    /// <summary>Three clips under two settings; the third clip failed under one.</summary>
    private static CompareResult Result(CellScores given)
    {
        var group = CompareGroup.ReadModes("t2i,t2v");
        string[] names = ["a", "b", "c"];
        var request = new CompareRequest("folder", [.. names.Select(name => new CompareClip(name, new Choices()))], [group]);
        var cells = names.Select(name => new CellResult(name, null, name, Numbers(given, null, null), null)).ToList();
        foreach (var (i, variant) in group.Variants.Index())
        {
            var scores = given == CellScores.None ? given : Scores(PaperTable.Compositions[i]);
            cells.AddRange(names.Select((name, clip) => (name, i) == ("c", 1)
                ? new CellResult(name, variant, null, null, "it is broken")
                : new CellResult(name, variant, $"folder/cells/{name}", Numbers(scores, 10 + 10 * clip, 2 + 2 * clip), null)));
        }

        return new CompareResult(request, cells);
    }

    private static CellNumbers Numbers(CellScores scores, double? psnr, double? seconds) => new()
    {
        Measures = new CellMeasures(psnr, psnr / 40, 7, 3, 4, null),
        Scores = scores,
        Seconds = seconds,
        Device = seconds is null ? null : "a processor, float32",
    };
}
