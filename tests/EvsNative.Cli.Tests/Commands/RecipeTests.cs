using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Recipes;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Results carry their recipe, inspect shows it, and --recipe repeats it to the byte.</summary>
public sealed class RecipeTests : IDisposable
{
    private static readonly string[] Wanted = [.. Scene.Short, "--prompt", "a <red> \"fox\" & 日本", "--seed", "5", "--noise", "0.5"];

    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    /// <summary>ffmpeg drops a name that its container does not know; a clip's own comment is somebody's.</summary>
    [Theory]
    [InlineData("mp4", "--quality", "30")]
    [InlineData("mov", "--codec", "h264")]
    [InlineData("mkv", "--codec", "ffv1")]
    [InlineData("webm")]
    public void A_video_is_repeated_to_the_byte_and_a_copy_by_ffmpeg_keeps_recipe_and_comment(string ending, params string[] style)
    {
        string made = $"out.{ending}", copy = _scene[$"copy.{ending}"];
        _scene.Video("plain.mp4", 2);
        Ffmpeg(_scene["plain.mp4"], "-metadata", "comment=mine", "-metadata", "title=Fox", "-c", "copy", _scene["in.mp4"]);
        Evs.Run(["refine", _scene["in.mp4"], "-o", _scene[made], .. Wanted, .. style]).Text();
        Repeats(_scene["in.mp4"], made, made);
        Ffmpeg(_scene[made], "-c", "copy", copy);
        Assert.Equal(RecipeReader.Read(_scene[made]).ToLine(), RecipeReader.Read(copy).ToLine());
        string[] tags = [.. EncodedFile.TagsOf(FfmpegTools.Find(), copy, default)];
        Assert.Contains(tags, tag => tag.Split('\n')[0] == "mine");
        // As a clip: the recipe is not carried on as a tag of somebody's.
        var kept = new ClipTags(tags.Select((tag, i) => (i, tag)).ToDictionary(pair => $"tag{pair.i}", pair => pair.tag));
        Assert.Contains("mine", kept.Kept.Values);
        Assert.Equal(0, kept.Dropped);
    }

    [Fact]
    public void So_is_an_animated_PNG()
    {
        string clip = _scene.Video("in.mp4", 2);
        Evs.Run(["refine", clip, "-o", _scene["out.png"], .. Wanted]).Text();
        Repeats(clip, "out.png", "out.png");
        Assert.Equal(2, FrameFiles.Read(_scene["out.png"]).Count);
    }

    [Theory]
    [InlineData("frames")]
    [InlineData("f%02d.jpg")]
    public void So_is_a_folder_of_frames_and_by_each_of_them(string name)
    {
        string clip = _scene.Frames("in", 2);
        Directory.CreateDirectory(_scene["out"]);
        string output = name.Contains('%') ? _scene[$"out/{name}"] : _scene["out"];
        Evs.Run(["refine", clip, "-o", output, .. Wanted]).Text();
        Repeats(clip, "out", name.Contains('%') ? $"again/{name}" : "out");
        foreach (string frame in Directory.GetFiles(_scene["out"])) Assert.NotNull(RecipeReader.Read(frame));
    }

    [Fact]
    public void Reports_unfinished_runs_and_JSON_tell_the_same_recipe()
    {
        string clip = _scene.Frames("in", 2);
        var told = Evs.Run(
            ["refine", clip, "-o", _scene["out"], .. Wanted, "--report", _scene["page.html"], "--json", "--keep-work", "--work",
                _scene["work"], "--save-every", "0"]);
        File.WriteAllText(_scene["told.json"], told.Text());
        File.WriteAllText(_scene["seen.json"], Evs.Run("inspect", _scene["out"], "--json").Text());
        var inner = JsonNode.Parse(File.ReadAllText(_scene["seen.json"]))!["recipe"]!;
        File.WriteAllText(_scene["recipe.json"], inner.ToJsonString());
        string wanted = RecipeReader.Read(_scene["out"]).ToLine();
        foreach (string name in (string[])["page.html", "work", "told.json", "seen.json", "recipe.json"])
            Assert.Equal(Plain(wanted), Plain(RecipeReader.Read(_scene[name]).ToLine()));
        string seen = Evs.Run("inspect", _scene["out"]).Text();
        foreach (string word in (string[])["a <red> \"fox\" & 日本", "fake-weights", "--recipe", "float32"])
            Assert.Contains(word, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(_scene.Path, wanted, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_lies_over_it_and_what_differs_is_told()
    {
        string clip = _scene.Frames("in", 2), other = _scene.Frames("other", 3);
        Evs.Run(["refine", clip, "-o", _scene["out"], .. Wanted]).Text();
        string[] words = ["refine", other, "--recipe", _scene["out"], "-o", _scene["new"], "--seed", "9", "--threads", "1", "--json"];
        var run = Evs.Run(words).Json();
        Assert.Equal(9, run.GetProperty("settings").GetProperty("seed").GetInt32());
        Assert.Equal(0.5, run.GetProperty("settings").GetProperty("noise").GetDouble());
        var warning = run.GetProperty("warnings").EnumerateArray().Single();
        Assert.Equal("recipe-differs", warning.GetProperty("code").GetString());
        Assert.Contains("another clip (in)", warning.GetProperty("message").GetString(), StringComparison.Ordinal);
        string planned = Evs.Run("plan", other, "--recipe", _scene["out"]).Text();
        Assert.Contains("image 1..1", planned, StringComparison.Ordinal);
    }

    /// <summary>What lies beside the frames of a clip is no part of it.</summary>
    [Theory]
    [InlineData("in")]
    [InlineData("in/%04d.png")]
    public void Frames_are_known_by_their_content(string clip)
    {
        string folder = _scene.Frames("in", 2);
        Evs.Run(["refine", _scene[clip], "-o", _scene["out"], .. Wanted]).Text();
        File.WriteAllText(Path.Combine(folder, "notes.txt"), "nothing to see");
        Assert.Empty(Warnings());
        File.Copy(Path.Combine(folder, "0000.png"), Path.Combine(folder, "0001.png"), overwrite: true);
        Assert.Equal("recipe-differs", Assert.Single(Warnings()));

        string[] Warnings() =>
        [
            .. Evs.Run(["refine", _scene[clip], "--recipe", _scene["out"], "-o", _scene["new"], "--force", "--json"]).Json()
                .GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString()!),
        ];
    }

    [Fact]
    public void A_batch_takes_it_for_all_clips_or_for_one()
    {
        string clip = _scene.Video("in.mp4", 2);
        Evs.Run(["refine", clip, "-o", _scene["out.mov"], .. Wanted, "--codec", "h264"]).Text();
        string Line(string more) => $"{{\"clip\":\"{clip}\"{more}}}\n";
        _scene.Text("jobs.jsonl", Line("") + Line($",\"output\":\"{_scene["b.mkv"]}\",\"recipe\":\"{_scene["out.mov"]}\",\"seed\":8"));
        Evs.Run(["refine", "--batch", _scene["jobs.jsonl"], "-o", _scene["all"], .. Wanted, "--recipe", _scene["out.mov"]]).Text();
        Assert.Equal("8", $"{RecipeReader.Read(_scene["b.mkv"]).Settings["seed"]}");
        Assert.Equal("h264", $"{RecipeReader.Read(Directory.GetFiles(_scene["all"]).Single()).Settings["codec"]}");
    }

    [Fact]
    public void Prompts_of_a_file_come_along_and_files_that_are_gone_are_named()
    {
        string clip = _scene.Frames("in", 2), prompts = _scene.Text("prompts.txt", "0: a fox\n1-: a hare\n");
        var model = new TinyModel(_scene["model"]);
        string[] small = Scene.Short[2..];
        string[] words = ["refine", clip, "-o", _scene["out"], .. small, "--model", model.Path, "--prompt-file", prompts];
        Evs.Run(words).Text();
        File.Delete(prompts);
        Repeats(clip, "out", "out");
        Directory.Move(model.Path, _scene["elsewhere"]);
        string lost = Evs.Run("refine", clip, "--recipe", _scene["out"], "-o", _scene["new"]).Complaint();
        Assert.Contains("was made with the model model, which is not here: say where it is with --model", lost, StringComparison.Ordinal);
        string[] found = ["refine", clip, "--recipe", _scene["out"], "--model", _scene["elsewhere"], "-o"];
        Assert.Equal("", Evs.Run([.. found, _scene["same"]]).Error);
        Assert.Equal(Bytes(_scene["out"]), Bytes(_scene["same"]));
    }

    [Theory]
    [InlineData("{\"format\":\"evsnative-recipe-2\",\"version\":\"9.1\"}", "version 9.1")]
    [InlineData("{\"format\":\"evsnative-recipe-1\",\"version\":\"9.1\",\"settings\":{\"warp\":3}}", "does not know: warp")]
    [InlineData("{\"format\":\"evsnative-recipe-1\",\"settings\":{\"output\":\"/etc\"}}", "output is nothing that a recipe may say")]
    [InlineData("{\"format\":\"evsnative-recipe-1\",\"settings\":{\"seed\":-1}}", "seed -1")]
    [InlineData("{\"format\":\"evsnative-recipe-1\"}", "no settings")]
    [InlineData("{\"format\":\"evsnative-recipe-1\",\"settings\":{},\"prompts\":3}", "prompts are no texts")]
    [InlineData("{\"seed\":3}", "carries no recipe")]
    [InlineData("{\"format\":", "not valid JSON")]
    [InlineData("once upon a time", "carries no recipe")]
    [InlineData(null, "there is no file or folder")]
    public void What_cannot_be_used_is_refused_in_a_line(string? content, string complaint)
    {
        string clip = _scene.Frames("in", 2), recipe = content is null ? _scene["gone.json"] : _scene.Text("recipe.json", content);
        Assert.Contains(complaint, _scene.Refuses(clip, "--recipe", recipe, "-o", _scene["out"]), StringComparison.Ordinal);
    }

    /// <summary>By the recipe alone, another time: equal files, and nothing to say of it.</summary>
    private void Repeats(string clip, string name, string output)
    {
        Directory.CreateDirectory(_scene["again"]);
        string to = _scene[output.StartsWith("again/", StringComparison.Ordinal) ? output : $"again/{output}"];
        var again = Evs.Run("refine", clip, "--recipe", _scene[name], "-o", to);
        Assert.DoesNotContain("result will be another", again.Error, StringComparison.Ordinal);
        again.Text();
        string made = output.StartsWith("again/", StringComparison.Ordinal) ? _scene["again"] : to;
        Assert.Equal(Bytes(_scene[name]), Bytes(made));
    }

    private static IEnumerable<(string, string)> Bytes(string path) => Directory.Exists(path)
        ? [.. Directory.GetFiles(path).Order().Select(file => (Path.GetFileName(file), Convert.ToHexString(File.ReadAllBytes(file))))]
        : [("", Convert.ToHexString(File.ReadAllBytes(path)))];

    private static string Plain(string json) => JsonSerializer.Serialize(JsonNode.Parse(json));

    private static void Ffmpeg(string input, params string[] words)
    {
        var start = new ProcessStartInfo(FfmpegTools.Find().Ffmpeg, ["-v", "error", "-y", "-i", input, "-strict", "-2", .. words]);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
