using EvsNative.Layers;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Batch;

/// <summary>What a list of clips says.</summary>
public sealed class BatchListTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_go_over_the_command_line_and_name_their_own_output()
    {
        var list = Read(
            """
            { "clip": "a.mp4", "prompt": "a fox", "strength": 0.5 }

            { "clip": "b.mov", "output": "other/b.mp4", "seed": 3 }
            """,
            new Choices().With(MethodSettings.Strength, 0.3).With(MethodSettings.Guidance, 5).With(OutputSettings.Output, "out"));
        Assert.Equal(["a.mp4", "b.mov"], list.Jobs.Select(job => job.Name));
        Assert.Equal([Path.Combine("out", "a-evs.mp4"), "other/b.mp4"], list.Jobs.Select(job => job.Output));
        Assert.Equal([0.5, 0.3], list.Jobs.Select(job => job.Choices.Get(MethodSettings.Strength)));
        Assert.All(list.Jobs, job => Assert.Equal(5, job.Choices.Get(MethodSettings.Guidance)));
        Assert.All(list.Jobs, job => Assert.Equal(job.Output, job.Choices.Get(OutputSettings.Output)));
    }

    [Theory]
    [InlineData("""{ "prompt": "a fox" }""", "line 1: there is no clip")]
    [InlineData("""{ "clip": "a.mp4", "strenght": 1 }""", "line 1: there is no setting 'strenght'")]
    [InlineData("{ \"clip\": \"a.mp4\" }\n{ \"clip\": ", "line 2")]
    [InlineData("{ \"clip\": \"a.mp4\" }\n{ \"clip\": \"a.mp4\", \"seed\": 2 }", "would both be")]
    [InlineData("{ \"clip\": \"a.mp4\" }\n{ \"clip\": \"b.mp4\", \"output\": \"./a-evs.mp4\" }", "would both be")]
    [InlineData("""{ "clip": "a.mp4", "shard": "0/2" }""", "line 1: shard is of the whole batch")]
    [InlineData("", "names no clips")]
    [InlineData("[1]", "line 1")]
    public void What_is_wrong_is_told_with_its_line(string text, string part)
    {
        var error = Assert.Throws<InputException>(() => Read(text, new Choices()));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["jobs.jsonl"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_folder_videos_and_folders_of_frames_are_taken_in_natural_order()
    {
        string clips = _folder["clips"];
        Directory.CreateDirectory(clips);
        string[] files =
            ["f10.mp4", "f2.mov", "notes.txt", "f2-evs.mp4", ".hidden.mp4"];
        foreach (string file in files) File.WriteAllText(Path.Combine(clips, file), "");
        foreach (string folder in (string[])["frames", "empty", "f2.mp4.evs-run"]) Directory.CreateDirectory(Path.Combine(clips, folder));
        File.WriteAllText(Path.Combine(clips, "frames", "0.png"), "");
        File.WriteAllText(Path.Combine(clips, "f2.mp4.evs-run", "0.png"), "");
        var list = BatchList.Read(clips, new Choices());
        Assert.Equal(["f2.mov", "f10.mp4", "frames"], list.Jobs.Select(job => Path.GetFileName(job.Name)));
        Assert.Equal(["f2-evs.mp4", "f10-evs.mp4", "frames-evs"], list.Jobs.Select(job => Path.GetFileName(job.Output)));
        Assert.Contains("3 files and folders", Assert.Single(list.Notices).Message, StringComparison.Ordinal);
    }

    private BatchList Read(string text, Choices common)
    {
        File.WriteAllText(_folder["jobs.jsonl"], text);
        return BatchList.Read(_folder["jobs.jsonl"], common);
    }
}
