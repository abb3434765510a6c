using System.Text.RegularExpressions;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Whole comparisons by the smallest model, and what is refused.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Two_clips_under_three_settings_leave_tables_a_page_and_frames()
    {
        _scene.Frames("fox-0", 3);
        _scene.Frames("a red kite-0", 3);
        string[] words =
        [
            "compare", _scene["fox-0"], _scene["a red kite-0"], "-o", _scene["out"], "--modes", "t2i,evs", "--sweep",
            "gamma=0.5,1@sfi=deep@entry=invert", "--prompts-from-names", .. Scene.Short,
        ];
        var first = Evs.Run(words);
        string table = first.Text();
        Assert.Contains("## compositions", table, StringComparison.Ordinal);
        Assert.Contains("| T2I+[T2V]+T2I | ", table, StringComparison.Ordinal);
        Assert.Contains("## gamma (sfi deep, entry invert)", table, StringComparison.Ordinal);
        Assert.Contains("Means over 2 clips.", table, StringComparison.Ordinal);
        Assert.StartsWith(File.ReadAllText(_scene["out/table.md"]).TrimEnd(), table, StringComparison.Ordinal);
        Assert.Equal(4 + 2 + 4, File.ReadLines(_scene["out/table.csv"]).Count(line => line.StartsWith("clip,", StringComparison.Ordinal)));
        string page = File.ReadAllText(_scene["out/index.html"]);
        Assert.Equal(2, Regex.Count(page, "<svg class=\"scatter\""));
        Assert.Equal(3, Regex.Count(page, "<figure>"));
        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        Assert.Equal(8, Directory.GetDirectories(_scene["out/cells"]).Count(folder => Directory.GetFiles(folder).Length == 3));

        // The second start refines nothing, and says the same to the last second of the first one.
        var written = Directory.GetDirectories(_scene["out/cells"]).Select(Directory.GetLastWriteTimeUtc).ToArray();
        var second = Evs.Run(words);
        Assert.Equal(table, second.Text());
        Assert.Equal(8, Regex.Count(second.Error, "is there already"));
        Assert.Equal(written, Directory.GetDirectories(_scene["out/cells"]).Select(Directory.GetLastWriteTimeUtc));
    }

    [Fact]
    public void Scripts_get_numbers()
    {
        string[] words = ["compare", _scene.Frames("fox", 2), "-o", _scene["out"], "--modes", "t2v", "--prompt", "a fox", "--json"];
        var json = Evs.Run([.. words, "--data-set", "vc2", .. Scene.Short]).Json();
        Assert.Equal("fox", Assert.Single(json.GetProperty("clips").EnumerateArray()).GetString());
        var rows = json.GetProperty("tables")[0].GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(
            ["input", "original, as published", "T2V", "T2V, as published"], rows.Select(row => row.GetProperty("name").GetString()));
        Assert.True(rows[2].GetProperty("numbers").GetProperty("psnr_input").GetDouble() > 0);
        Assert.Equal(0.9903, rows[3].GetProperty("numbers").GetProperty("ms").GetDouble());
        Assert.Equal(3, json.GetProperty("written").GetArrayLength());
    }

    [Fact]
    public void A_judge_says_of_a_cell_what_score_says_of_its_frames()
    {
        string amt = JudgeWeights.WriteAmt(_scene["amt-s.pth"]), clip = _scene.Frames("fox", 3, 128, 128);
        string[] words = ["compare", clip, "-o", _scene["out"], "--modes", "t2v", "--prompt", "a fox", "--upscale", "1", .. Scene.Short];
        string[] judged = [.. words, "--amt", amt, "--scores", "ms"];
        Evs.Run(words).Text();
        var outcome = Evs.Run([.. judged, "--json"]);
        var rows = outcome.Json().GetProperty("tables")[0].GetProperty("rows").EnumerateArray().ToArray();
        string frames = Directory.GetDirectories(_scene["out/cells"]).Single();
        foreach (var (row, path) in rows.Zip([clip, frames]))
        {
            var score = Evs.Run("score", path, "--amt", amt, "--scores", "ms", "--json").Json();
            double ms = score.GetProperty("clips")[0].GetProperty("ms").GetDouble();
            Assert.Equal(ms, row.GetProperty("numbers").GetProperty("ms").GetDouble(), 1e-9);
        }

        // What was refined before the judges came is judged, and once only.
        Assert.Equal(2, Regex.Count(outcome.Error, ": judged"));
        string again = Evs.Run([.. words, "--judges", _scene.Path, "--scores", "ms"]).Error;
        again += Evs.Run([.. words, "--amt", _scene.Path, "--scores", "ms"]).Error;
        Assert.DoesNotContain(": judged", again, StringComparison.Ordinal);
        Assert.Contains("MS: more is better", File.ReadAllText(_scene["out/index.html"]), StringComparison.Ordinal);
    }

    /// <summary>Whoever has no usable weights still gets all that needs none.</summary>
    [Fact]
    public void A_judges_file_that_cannot_be_used_leaves_its_score_out()
    {
        Directory.CreateDirectory(_scene["judges"]);
        _scene.Text("judges/amt-s.pth");
        string[] words = ["compare", _scene.Frames("fox", 3), "-o", _scene["out"], "--modes", "t2v", "--prompt", "a fox", "--json"];
        var outcome = Evs.Run([.. words, "--judges", _scene["judges"], "--scores", "ms,sc", .. Scene.Short]);
        var json = outcome.Json();
        // It is said before anything is refined.
        Assert.StartsWith("evsnative: motion smoothness is left out: ", outcome.Error, StringComparison.Ordinal);
        string[] left = [.. json.GetProperty("warnings").EnumerateArray()
            .Where(warning => warning.GetProperty("code").GetString() == "left-out")
            .Select(warning => warning.GetProperty("message").GetString()!)];
        Assert.Equal(2, left.Length);
        Assert.Contains(left, line => line.Contains("amt-s.pth", StringComparison.Ordinal));
        var numbers = json.GetProperty("tables")[0].GetProperty("rows")[1].GetProperty("numbers");
        Assert.True(numbers.TryGetProperty("psnr_input", out _) && !numbers.TryGetProperty("ms", out _));
    }

    [Fact]
    public void A_clip_that_fails_costs_its_own_cells()
    {
        _scene.Frames("good", 2);
        string frame = Directory.GetFiles(_scene.Frames("bad", 2)).Max()!;
        File.WriteAllBytes(frame, File.ReadAllBytes(frame)[..60]);
        var outcome = Evs.Run(
            ["compare", _scene["good"], _scene["bad"], "-o", _scene["out"], "--modes", "t2i", "--prompts-from-names", .. Scene.Short]);
        Assert.Equal(Faults.SomeFailed, outcome.ExitCode);
        Assert.Contains("Means over 1 clip of 2", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Failed: bad, T2I: ", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--modes t3i", "t3i")]
    [InlineData("--sweep gama=1,2", "did you mean 'gamma'")]
    [InlineData("--sweep gamma", "write NAME=VALUE")]
    [InlineData("--sweep gamma=0,1 --sweep gamma=0.5,1", "gamma is given twice")]
    [InlineData("--sweep image-start=1,99", "image-start 99")]
    [InlineData("--modes t2i --mode t2v", "leave one out")]
    [InlineData("--data-set vc3", "vc2 or ad2")]
    [InlineData("--judges HERE/nowhere", "nowhere")]
    [InlineData("--demo", "leave the clip or --demo out")]
    [InlineData("-o HERE/clip/out", "lies in what is read")]
    [InlineData("-o HERE", "holds something else than a comparison")]
    [InlineData("-o HERE/note.txt", "is a file")]
    [InlineData("--output=", "the name of the folder is empty")]
    public void What_cannot_be_compared_is_refused_and_leaves_nothing(string words, string complaint)
    {
        string clip = _scene.Frames("clip", 2);
        _scene.Text("note.txt");
        string[] said = [.. words.Split(' ').Select(word => word.Replace("HERE", _scene.Path, StringComparison.Ordinal))];
        string[] place = words.Contains("-o", StringComparison.Ordinal) ? [] : ["-o", _scene["out"]];
        if (words.StartsWith("--output", StringComparison.Ordinal)) place = [];
        string[] all = ["compare", clip, "--prompt", "a fox", .. place, .. said, .. Scene.Short];
        string line = _scene.Unchanged(() => Evs.Run(all).Complaint());
        Assert.Contains(complaint, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_clip_or_a_prompt_there_is_nothing_to_compare()
    {
        Assert.Contains("no clip", Evs.Run("compare", "-o", _scene["out"]).Complaint(), StringComparison.Ordinal);
        string line = Evs.Run(["compare", _scene.Frames("clip", 2), "-o", _scene["out"], .. Scene.Short, "--model", "none"]).Complaint();
        Assert.NotEmpty(line);
    }
}
