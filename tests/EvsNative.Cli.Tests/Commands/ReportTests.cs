using System.Text.Json;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>What a run tells: a table for people, one object for scripts, a page, the demo's three files.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Scripts_get_one_object_and_nothing_else()
    {
        var outcome = Evs.Run(["refine", _scene.Frames("in", 3), "-o", _scene["out"], "--report", _scene["page.html"], "--seed", "5",
            "--bridge", "direction", "--insert-at", "1",
            "--json", "--fake-weights", "tiny", "--image-steps", "4", "--image-start", "2", "--video-start", "1"]);
        var run = outcome.Json();
        Assert.Equal("", outcome.Error);
        Assert.StartsWith("{", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(("evs", 5), (run.GetProperty("mode").GetString(), run.GetProperty("seed").GetInt32()));
        Assert.Equal([_scene["out"], _scene["page.html"]], run.GetProperty("written").EnumerateArray().Select(path => path.GetString()));
        Assert.Equal(["read and plan", "load", "encode", "read the prompt", "image 2..1", "video 1..1", "decode", "write"],
            Stages(run, "name").Select(name => name.GetString()));
        Assert.Equal([0, 0, 0, 0, 2, 1, 0, 0], Stages(run, "steps").Select(steps => steps.GetInt32()));
        Assert.All(Stages(run, "seconds"), seconds => Assert.InRange(seconds.GetDouble(), 0, 600));
        Assert.InRange(run.GetProperty("seconds").GetDouble(), Stages(run, "seconds").Sum(seconds => seconds.GetDouble()) * 0.99, 600);
        foreach (string side in new[] { "before", "after" })
            foreach (string measure in new[] { "flicker", "residual", "sharpness" })
                Assert.InRange(run.GetProperty(side).GetProperty(measure).GetDouble(), 1e-6, 1e6);
    }

    [Fact]
    public void Stages_of_one_name_keep_their_own_steps()
    {
        var run = Evs.Run(["refine", _scene.Frames("in", 2), "-o", _scene["out"], "--json", .. Scene.Short]).Json();
        Assert.Equal(["image 1..1", "video 1..1", "image 1..1"],
            Stages(run, "name").Select(name => name.GetString()).Where(name => name!.Contains("..", StringComparison.Ordinal)));
        Assert.Equal([1, 1, 1], Stages(run, "steps").Select(steps => steps.GetInt32()).Where(steps => steps > 0));
    }

    [Fact]
    public void The_settings_that_are_told_give_the_same_bytes_when_typed_again()
    {
        string clip = _scene.Frames("in", 3);
        var run = Evs.Run(["refine", clip, "-o", _scene["out"], "--json", "--reuse-noise", "--sfi", "shallow", "--noise", "0.25",
            "--image-sampler", "euler", "--clip-skip", "1", .. Scene.Short]).Json();
        var told = run.GetProperty("settings").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value);
        Assert.Equal((JsonValueKind.True, JsonValueKind.False), (told["reuse-noise"].ValueKind, told["norm-per-frame"].ValueKind));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (told["model"].ValueKind, told["motion"].ValueKind));
        Assert.Equal(clip, told["clip"].GetString());
        var again = told.Where(setting => setting.Key != "clip" && setting.Value.ValueKind != JsonValueKind.Null)
            .SelectMany(setting => new[] { $"--{setting.Key}", setting.Value.ToString() });
        Evs.Run(["refine", clip, "-o", _scene["again"], .. again]).Text();
        Assert.Equal(FrameFiles.Read(_scene["out"]).Pixels, FrameFiles.Read(_scene["again"]).Pixels);
    }

    [Fact]
    public void Every_setting_of_a_run_is_told_in_the_order_of_the_table()
    {
        var run = Evs.Run(["refine", _scene.Frames("in", 2), "-o", _scene["out"], "--json", "--seed",
            "18446744073709551615", .. Scene.Short]).Json();
        Assert.Equal(ulong.MaxValue, run.GetProperty("seed").GetUInt64());
        Assert.Equal(ulong.MaxValue, run.GetProperty("settings").GetProperty("seed").GetUInt64());
        string[] always =
        [
            "clip", "model", "motion", "fake-weights", "mode", "seed", "image-steps", "image-start", "insert-at", "video-steps",
                "video-start",
            "video-calls", "guidance", "video-guidance", "negative", "bridge", "entry", "noise", "reuse-noise", "sfi", "image-sampler",
            "video-sampler", "clip-skip", "norm-per-frame", "upscale", "upscale-in", "frames-per-pass", "device", "threads",
        ];
        string[] told = [.. run.GetProperty("settings").EnumerateObject().Select(setting => setting.Name)];
        Assert.Equal(always, told.Where(always.Contains));
        Assert.Equal(SettingTable.All.Select(row => row.Name).Where(told.Contains), told);
    }

    [Fact]
    public void People_get_a_table_on_the_output_and_no_progress_in_it()
    {
        var outcome = Evs.Run(["refine", _scene.Frames("in", 2), "-o", _scene["out"], .. Scene.Short]);
        string text = outcome.Text();
        Assert.All(["flicker", "residual", "sharpness", "image 1..1", "peak memory", "CPU"],
            word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.DoesNotContain("loading", text, StringComparison.Ordinal);
        Assert.DoesNotContain('%', text.Split("stage")[1]);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public async Task A_process_of_its_own_keeps_its_output_as_clean()
    {
        var outcome = await Evs.RunProcess(_scene.Path, ["refine", _scene.Frames("in", 2), "-o", "out", "--json", .. Scene.Short]);
        Assert.Equal("evs", outcome.Json().GetProperty("mode").GetString());
        Assert.Equal("", outcome.Error);
    }

    [Fact]
    public void The_page_shows_both_clips_and_the_numbers()
    {
        Evs.Run(["refine", _scene.Frames("in", 2), "-o", _scene["out"], "--report", _scene["page.html"], "--prompt",
            "kites & <clouds>", .. Scene.Short]).Text();
        string page = File.ReadAllText(_scene["page.html"]);
        Assert.Contains("kites &amp; &lt;clouds&gt;", page, StringComparison.Ordinal);
        Assert.Equal(4, page.Split("data:image/png;base64,").Length - 1);
        Assert.Contains("image 1..1", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_demo_writes_frames_a_page_and_the_numbers_and_nothing_twice()
    {
        string[] args = ["refine", "--demo", "-o", _scene["demo"], "--json", "--image-start", "2", "--insert-at", "1", "--video-start",
            "1", "--video-calls", "1", "--guidance", "1"];
        var outcome = Evs.Run(args);
        Assert.Equal("a red balloon rising over the sea at sunset", outcome.Json().GetProperty("prompt").GetString());
        Assert.Equal((true, 8), (Setting("demo").GetBoolean(), Setting("video-steps").GetInt32()));
        Assert.Equal(["compare.html", "frames", "numbers.json"],
            Directory.GetFileSystemEntries(_scene["demo"]).Select(Path.GetFileName).Order());
        var frames = FrameFiles.Read(_scene["demo/frames"]);
        Assert.Equal((16, 128, 128), (frames.Count, frames.Width, frames.Height));
        Assert.Equal(outcome.Output.Trim(), File.ReadAllText(_scene["demo/numbers.json"]).Trim());
        Assert.Contains("red balloon", File.ReadAllText(_scene["demo/compare.html"]), StringComparison.Ordinal);
        // The clean original is known, so the distance to it is told.
        Assert.InRange(outcome.Json().GetProperty("after").GetProperty("psnr").GetDouble(), 15, 60);

        Assert.Contains("--force", _scene.Refuses(args[1..]), StringComparison.Ordinal);

        JsonElement Setting(string name) => outcome.Json().GetProperty("settings").GetProperty(name);
    }

    private static IEnumerable<JsonElement> Stages(JsonElement run, string property) =>
        run.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty(property));
}
