using System.Text.Json;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Many clips in one command.</summary>
public sealed class BatchTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_list_is_done_with_one_failure_named_and_a_second_start_does_what_is_missing()
    {
        string a = _scene.Frames("a", 3), b = _scene.Frames("b", 3);
        string list = _scene.Text(
            "jobs.jsonl",
            $$"""
            { "clip": {{JsonSerializer.Serialize(a)}}, "seed": 3 }
            { "clip": {{JsonSerializer.Serialize(_scene["none"])}} }
            { "clip": {{JsonSerializer.Serialize(b)}}, "output": {{JsonSerializer.Serialize(_scene["named"])}} }
            """);
        string[] words = ["refine", "--batch", list, "-o", _scene["results"], .. Scene.Short];
        var first = Evs.Run([.. words, "--json"]);
        Assert.Equal(Faults.SomeFailed, first.ExitCode);
        using (var json = JsonDocument.Parse(first.Output))
        {
            var jobs = json.RootElement.GetProperty("jobs").EnumerateArray().ToArray();
            Assert.Equal(["done", "failed", "done"], jobs.Select(job => job.GetProperty("end").GetString()));
            Assert.Equal("not-found", jobs[1].GetProperty("code").GetString());
            Assert.Contains("none", jobs[1].GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(3, Directory.GetFiles(_scene["results/a-evs"]).Length);
        Assert.Equal(3, Directory.GetFiles(_scene["named"]).Length);
        Directory.Delete(_scene["named"], recursive: true);
        _scene.Frames("none", 2);
        var second = Evs.Run([.. words, "--json"]);
        using var again = JsonDocument.Parse(second.Text());
        Assert.Equal(
            ["skipped", "done", "done"],
            again.RootElement.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("end").GetString()));
        Assert.False(Directory.Exists(_scene["results/.evs-batch"]));
    }

    [Fact]
    public void A_result_of_a_batch_is_that_of_the_clip_alone()
    {
        string clips = _scene["clips"];
        Directory.CreateDirectory(clips);
        string a = _scene.Frames("clips/a", 3), b = _scene.Frames("clips/b", 3, 24, 16);
        Evs.Run(["refine", "--batch", clips, .. Scene.Short, "--seed", "5"]).Text();
        Evs.Run(["refine", b, "-o", _scene["alone"], .. Scene.Short, "--seed", "5"]).Text();
        Assert.Equal(Bytes("alone"), Bytes("clips/b-evs"));
        Assert.True(Directory.Exists(_scene["clips/a-evs"]), a);
    }

    [Theory]
    [InlineData("--batch", "nothing.jsonl", "nothing.jsonl")]
    [InlineData("--batch", "empty.jsonl", "names no clips")]
    public void What_is_no_list_is_refused(string option, string list, string part)
    {
        _scene.Text("empty.jsonl", "\n");
        Assert.Contains(part, _scene.Refuses([option, _scene[list], .. Scene.Short]), StringComparison.Ordinal);
    }

    private byte[][] Bytes(string folder) =>
        [.. Directory.GetFiles(_scene[folder]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
}
