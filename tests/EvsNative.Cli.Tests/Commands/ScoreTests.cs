using System.Globalization;
using System.Text.Json;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary><c>score</c>: what is computed with the weights that are there, and what is said of the rest.</summary>
public sealed class ScoreTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Weights_of_one_judge_give_its_score_and_a_line_for_each_other()
    {
        string amt = JudgeWeights.WriteAmt(_scene["amt-s.pth"]), clip = _scene.Frames("fox", 5, 128, 144);
        var outcome = Evs.Run("score", clip, "--judges", _scene.Path, "--json", "--device", "cpu");
        var json = outcome.Json();
        var fox = Assert.Single(json.GetProperty("clips").EnumerateArray());
        Assert.Equal((5, 144, 128), (Int(fox, "frames"), Int(fox, "width"), Int(fox, "height")));
        double ms = fox.GetProperty("ms").GetDouble();
        Assert.InRange(ms, 0, 1);
        Assert.Equal(2, fox.GetProperty("motionPairs").GetArrayLength());
        Assert.All((string[])["sc", "dover", "ap", "psnr"], name => Assert.Equal(JsonValueKind.Null, fox.GetProperty(name).ValueKind));
        Assert.Equal(ms, json.GetProperty("mean").GetProperty("ms").GetDouble());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("overall").ValueKind);
        var judge = Assert.Single(json.GetProperty("judges").EnumerateArray());
        Assert.Equal(amt, judge.GetProperty("path").GetString());
        Assert.Contains("CC BY-NC 4.0", judge.GetProperty("licence").GetString(), StringComparison.Ordinal);

        string[] lines = outcome.Error.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("evsnative: subject consistency is left out, its weights are not given: get dino_vitbase16_pretrain.pth from ",
            lines[0], StringComparison.Ordinal);
        Assert.Equal(["left-out", "left-out", "left-out"],
            json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString()));

        // The score does not depend on threads, nor on what else was asked for.
        var alone = Evs.Run("score", clip, "--amt", amt, "--scores", "MS", "--json", "--threads", "1");
        Assert.Empty(alone.Error);
        Assert.Equal(ms, alone.Json().GetProperty("clips")[0].GetProperty("ms").GetDouble());
    }

    [Fact]
    public void People_read_a_table_and_what_its_numbers_are()
    {
        string amt = JudgeWeights.WriteAmt(_scene["amt-s.pth"]), clip = _scene.Frames("fox", 3, 128, 144);
        string text = Evs.Run("score", clip, "--amt", amt, "--scores", "ms", "--against", clip).Text();
        string[] words =
        [
            "MS", "PSNR", "SSIM", "∞", "1.0000", "1 pair that differ", "as VBench has it: AMT-S at full size", "flicker", "residual",
            "sharpness", "CC BY-NC 4.0", "window of 11 x 11", "float32",
        ];
        Assert.All(words, word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.DoesNotContain("Overall", text, StringComparison.Ordinal);
    }

    /// <summary>Without any weights a clip is compared with its original all the same.</summary>
    [Fact]
    public void Clips_are_compared_with_their_originals_without_weights()
    {
        Directory.CreateDirectory(_scene["in"]);
        Directory.CreateDirectory(_scene["out"]);
        FrameFiles.Write(_scene["in/fox"], TestVideos.Smooth(3, 40, 48));
        FrameFiles.Write(_scene["in/wolf"], TestVideos.Formula(3, 40, 48));
        FrameFiles.Write(_scene["out/fox-evs"], TestVideos.Smooth(3, 40, 48));
        FrameFiles.Write(_scene["out/wolf-evs"], TestVideos.Noise(3, 80, 96, 1));
        string table = _scene["scores.csv"];
        var outcome = Evs.Run("score", _scene["out"], "--against", _scene["in"], "--csv", table, "--json");
        var json = outcome.Json();
        var clips = json.GetProperty("clips").EnumerateArray().ToArray();
        Assert.Equal(["fox-evs", "wolf-evs"], clips.Select(clip => Path.GetFileName(clip.GetProperty("clip").GetString())));
        Assert.Equal("Infinity", clips[0].GetProperty("psnr").GetString());
        Assert.InRange(clips[1].GetProperty("psnr").GetDouble(), 5, 20);
        Assert.True(clips[1].GetProperty("before").GetProperty("flicker").GetDouble() > 0);
        Assert.Contains("clips of several sizes (48x40, 96x80) are one set", outcome.Error, StringComparison.Ordinal);

        string[][] rows = [.. File.ReadAllLines(table).Select(line => line.Split(','))];
        Assert.Equal(3, rows.Length);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        int psnr = Array.IndexOf(rows[0], "psnr");
        Assert.Equal(clips[1].GetProperty("psnr").GetDouble(), double.Parse(rows[2][psnr], CultureInfo.InvariantCulture), 1e-6);
        // The table's place is not taken without being asked.
        Assert.Contains("already exists", Evs.Run("score", _scene["out"], "--against", _scene["in"], "--csv", table).Complaint(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_clip_that_cannot_be_read_is_a_line_and_the_others_are_scored()
    {
        string good = _scene.Frames("good", 3), bad = _scene.Text("bad.mp4");
        var outcome = Evs.Run("score", good, bad, "--against", good, "--json");
        Assert.Equal(Faults.SomeFailed, outcome.ExitCode);
        using var json = JsonDocument.Parse(outcome.Output);
        Assert.Single(json.RootElement.GetProperty("clips").EnumerateArray());
        var failed = Assert.Single(json.RootElement.GetProperty("failed").EnumerateArray());
        Assert.Equal(bad, failed.GetProperty("clip").GetString());
        Assert.Contains("bad.mp4", failed.GetProperty("message").GetString(), StringComparison.Ordinal);
        // A table never takes the place of what is read.
        string line = _scene.Unchanged(() => Evs.Run("score", good, bad, "--against", good, "--csv", bad, "--force").Complaint());
        Assert.Contains("bad.mp4 is read and would be replaced", line, StringComparison.Ordinal);
        // A clip that is alone is the command's own error.
        var alone = Evs.Run("score", bad, "--against", good);
        Assert.Equal(Faults.UnusableInput, alone.ExitCode);
        Assert.Contains("bad.mp4", alone.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_gives_no_score_at_all_is_refused_with_what_is_missing()
    {
        string clip = _scene.Frames("fox", 3), amt = JudgeWeights.WriteAmt(_scene["amt-s.pth"]);
        var nothing = Evs.Run("score", clip);
        Assert.StartsWith("nothing can be scored: give weights of judges", nothing.Summary(), StringComparison.Ordinal);
        foreach (string file in (string[])["amt-s.pth", "dino_vitbase16_pretrain.pth", "DOVER.pth", "aesthetic_predictor_v2_5.pth"])
            Assert.Contains(file, nothing.Error, StringComparison.Ordinal);

        // Too small for the only score that is asked for.
        var small = Evs.Run("score", clip, "--amt", amt, "--scores", "ms");
        Assert.EndsWith("fox has got no score", small.Summary(), StringComparison.Ordinal);
        Assert.Contains("at least 113 x 113 pixels", small.Error, StringComparison.Ordinal);
        string one = _scene.Frames("one", 1, 128, 128);
        Assert.Contains("at least 3 frames", Evs.Run("score", one, "--amt", amt, "--scores", "ms").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_judges_file_and_one_that_was_cut_off_are_lines()
    {
        string clip = _scene.Frames("fox", 3, 128, 128), amt = JudgeWeights.WriteAmt(_scene["amt-s.pth"]);
        File.WriteAllBytes(_scene["cut.pth"], File.ReadAllBytes(amt)[..1_000_000]);
        var outcome = Evs.Run("score", clip, "--amt", _scene["cut.pth"], "--dino", amt, "--scores", "ms,sc", "--against", clip, "--json");
        var clips = outcome.Json().GetProperty("clips");
        Assert.Equal("Infinity", clips[0].GetProperty("psnr").GetString());
        string[] lines = outcome.Error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("motion smoothness is left out: ", lines[0], StringComparison.Ordinal);
        Assert.Contains("cut.pth", lines[0], StringComparison.Ordinal);
        Assert.Contains("subject consistency is left out: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("the weights of AMT-S, where DINO ViT-B/16 is needed", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_refinement_tells_the_scores_before_and_after()
    {
        string clip = _scene.Frames("fox", 3, 128, 128), page = _scene["fox.html"];
        JudgeWeights.WriteAmt(_scene["amt-s.pth"]);
        string[] words = ["refine", clip, "-o", _scene["out"], .. Scene.Short, "--report", page, "--json"];
        Assert.StartsWith("--score wants weights of judges", Evs.Run([.. words, "--score"]).Complaint(), StringComparison.Ordinal);

        // A file that is of no use is known before hours of work.
        string none = _scene.Text("none.pth");
        var useless = _scene.Unchanged(() => Evs.Run([.. words, "--score", "--scores", "ms", "--amt", none]));
        Assert.Equal(Faults.UnusableInput, useless.ExitCode);
        Assert.Contains("motion smoothness is left out: ", useless.Error, StringComparison.Ordinal);

        var refined = Evs.Run([.. words, "--score", "--judges", _scene.Path, "--scores", "ms"]).Json();
        var scores = Assert.Single(refined.GetProperty("scores").EnumerateArray());
        Assert.Equal("ms", scores.GetProperty("word").GetString());
        Assert.Contains("motion smoothness, 0 to 1", File.ReadAllText(page), StringComparison.Ordinal);
        var scored = Evs.Run("score", clip, _scene["out"], "--judges", _scene.Path, "--scores", "ms", "--json").Json();
        var alone = scored.GetProperty("clips");
        Assert.Equal(alone[0].GetProperty("ms").GetDouble(), scores.GetProperty("before").GetDouble());
        Assert.Equal(alone[1].GetProperty("ms").GetDouble(), scores.GetProperty("after").GetDouble());
    }

    [Theory]
    [InlineData("no clip: name videos")]
    [InlineData("--scores rope: ms, sc, dover and ap with commas between", "x", "--scores", "rope")]
    [InlineData("--dover-samples 0: out of range", "x", "--dover-samples", "0")]
    [InlineData("nowhere", "x", "--judges", "nowhere")]
    [InlineData("unknown option '--amtt': did you mean '--amt'?", "x", "--amtt", "f")]
    public void Words_that_make_no_sense_are_named(string complaint, params string[] args) =>
        Assert.Contains(complaint, Evs.Run(["score", .. args]).Complaint(), StringComparison.Ordinal);

    private static int Int(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
