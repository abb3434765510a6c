using System.Text.RegularExpressions;
using EvsNative.Layers;
using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Compare;

/// <summary>What is refined, measured and judged, and what is not done twice. What refines here only darkens the clip.</summary>
public sealed class CompareRunTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<string> _refined = [], _judged = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_clip_is_done_under_every_setting_and_nothing_is_done_twice()
    {
        var request = Request(["a", "b"], "t2i,t2v", ["image-start=1,2"]);
        var result = Run(request);
        Assert.Equal(8, _refined.Count);
        Assert.Equal(["a", "b"], result.WholeClips);
        // Two clips as they were given, and two under each of four settings.
        Assert.Equal(10, result.Cells.Count(cell => cell.Numbers is not null));
        Assert.Empty(result.Failed);

        var again = Run(request);
        Assert.Equal(8, _refined.Count);
        Assert.Equal(result.Cells, again.Cells);
        Assert.Equal(2 * 8 + 2, Directory.GetFileSystemEntries(_folder["out/cells"]).Length);
    }

    [Fact]
    public void One_setting_is_one_cell_whatever_sweeps_call_it()
    {
        var result = Run(Request(["a"], "t2i", ["mode=t2i,t2v"]));
        Assert.Equal(2, _refined.Count);
        Assert.Equal(result.Cells[1].Numbers, result.Cells[2].Numbers);
    }

    [Fact]
    public void Another_clip_setting_or_prompt_makes_another_cell()
    {
        Run(Request(["a"], "t2i", []));
        Run(Request(["a"], "t2i", [], seed: 4));
        Assert.Equal(2, _refined.Count);
        Run(Request(["a"], "t2i", [], prompt: "a wolf"));
        Assert.Equal(3, _refined.Count);
        Directory.Delete(_folder["a"], recursive: true);
        FrameFiles.Write(_folder["a"], TestVideos.Noise(2, 16, 16, 3));
        Run(Request(["a"], "t2i", []));
        Assert.Equal(4, _refined.Count);
    }

    [Fact]
    public void Where_a_clip_lies_makes_no_other_cell()
    {
        Run(Request(["a"], "t2i", []));
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.Move(_folder["a"], _folder["elsewhere/a"]);
        Run(Request(["elsewhere/a"], "t2i", []));
        Assert.Single(_refined);
    }

    [Fact]
    public void What_fails_is_named_leaves_the_others_alone_and_is_tried_again()
    {
        var request = Request(["a", "b"], "t2i", []);
        var result = Run(request, fails: place => place.Contains("cells/b", StringComparison.Ordinal));
        Assert.Equal(["a"], result.WholeClips);
        Assert.Equal(("b", "it is broken"), (Assert.Single(result.Failed).Clip, Assert.Single(result.Failed).Fault));
        Assert.Equal(["a", "b"], Run(request).WholeClips);
        Assert.Equal(2, _refined.Count);
    }

    [Fact]
    public void A_result_whose_numbers_are_lost_or_cut_off_is_measured_again_and_not_refined()
    {
        var request = Request(["a"], "t2i", []);
        var before = Run(request).Cells[1].Numbers!;
        string file = Directory.GetFiles(_folder["out/cells"], "a-????????????.json").Single();
        File.WriteAllText(file, File.ReadAllText(file)[..40]);
        var after = Run(request).Cells[1].Numbers!;
        Assert.Single(_refined);
        Assert.Equal(before.Measures, after.Measures);
        Assert.Null(after.Seconds);
    }

    [Fact]
    public void Measures_are_those_of_the_result_beside_the_enlarged_clip()
    {
        var measures = Run(Request(["a"], "t2i", [])).Cells[1].Numbers!.Measures;
        // Every level is 10 lower than the clip's.
        Assert.Equal(10 * Math.Log10(255 * 255 / 100.0), measures.PsnrToInput!.Value, 1e-9);
        Assert.InRange(measures.SsimToInput!.Value, 0.9, 1);
        Assert.Null(measures.PsnrToClean);
        Assert.True(measures is { Flicker: > 0, Residual: >= 0, Sharpness: > 0 });
    }

    [Fact]
    public void The_judges_are_asked_once_for_each_cell_and_again_if_they_are_others()
    {
        var request = Request(["a"], "t2i,t2v", []);
        Run(request);
        var judged = Run(request, judges: "one");
        Assert.Equal(3, _judged.Count);
        Assert.Equal(_folder["a"], _judged[0]);
        Assert.All(judged.Cells, cell => Assert.Equal(0.5, cell.Numbers!.Scores.MotionSmoothness));
        Run(request, judges: "one");
        Assert.Equal(3, _judged.Count);
        Run(request, judges: "another");
        Assert.Equal(6, _judged.Count);
        Assert.Equal(2, _refined.Count);
    }

    [Fact]
    public void A_setting_that_no_run_can_have_is_told_before_any_work()
    {
        var request = Request(["a"], null, ["video-start=2,9"]);
        string line = InputErrors.Expect(() => Run(request), InputCode.OutOfRange, "video-start 9");
        Assert.Contains("1 to T_V", line, StringComparison.Ordinal);
        Assert.Empty(_refined);
        var without = Request(["a"], "t2i", [], prompt: null);
        InputErrors.Expect(() => Run(without), InputCode.NotGiven, "--prompt");
    }

    [Fact]
    public void Force_makes_results_anew()
    {
        var request = Request(["a"], "t2i", []);
        Run(request, judges: "one");
        Run(request with { Force = true }, judges: "one");
        Assert.Equal(2, _refined.Count);
        // The clip as it was given is judged anew, too.
        Assert.Equal(4, _judged.Count);
    }

    [Fact]
    public void Names_of_cells_are_fit_for_every_disk()
    {
        FrameFiles.Write(_folder["a  \u00e9clair: so good?"], TestVideos.Smooth(2, 16, 16));
        Run(Request(["a  \u00e9clair: so good?"], "t2i", []));
        Assert.All(
            Directory.GetFileSystemEntries(_folder["out/cells"]).Select(Path.GetFileName),
            name => Assert.Matches(new Regex("^a-clair-so-good(-input)?-[0-9a-f]{12}(\\.json)?$"), name));
    }

    private CompareRequest Request(
        string[] clips, string? modes, string[] sweeps, ulong seed = 3, string? prompt = "a fox")
    {
        foreach (string clip in clips)
            if (!Directory.Exists(_folder[clip])) FrameFiles.Write(_folder[clip], TestVideos.Smooth(2, 16, 16));
        var common = new Choices().With(ModelSettings.Model, TinyModel).With(MethodSettings.Seed, seed).With(PictureSettings.Upscale, 1.0);
        if (prompt is not null) common = common.With(ClipSettings.Prompt, prompt);
        return CompareRequest.Of(_folder["out"], [.. clips.Select(clip => _folder[clip])], common, modes, sweeps, namesArePrompts: false);
    }

    private static string TinyModel => Testing.Repository.File("weights", "evs-tiny");

    private CompareResult Run(CompareRequest request, Func<string, bool>? fails = null, string? judges = null) => new CompareRun(request)
    {
        Refine = (cell, place, _, stop) =>
        {
            if (fails?.Invoke(place) == true) throw new InputException(InputCode.Damaged, "it is broken");
            var clip = FrameFiles.Read(cell.Input!, cancellation: stop);
            byte[] darker = [.. clip.Pixels.Select(level => (byte)(level - 10))];
            FrameFiles.Write(place, clip.With(darker, clip.Height, clip.Width), force: true, cancellation: stop);
            _refined.Add(place);
            return Summary(place);
        },
        Judge = judges is null ? null : (clip, _, _) =>
        {
            _judged.Add(clip);
            return new CellScores(0.5, 0.6, 70, 5);
        },
        Judges = judges ?? "",
    }.Do(TestContext.Current.CancellationToken);

    private static RunSummary Summary(string place) => new()
    {
        Version = "0",
        Mode = "t2i",
        Device = "none",
        Precision = "float32",
        Input = new VideoInfo("clip", 2, 16, 16, "8"),
        Output = new VideoInfo(place, 2, 16, 16, "8"),
        Before = new(null, null, null),
        After = new(null, null, null),
        Stages = [new StageSummary("load", 0, 5), new StageSummary("image", 1, 2)],
        Seconds = 7,
    };
}
