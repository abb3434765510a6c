using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Pipelines.Batch;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>One worker process a device: which devices, who does what, and one table of it all.</summary>
public sealed class BatchWorkersTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    /// <summary>Two workers on the processor and one on a device that is not there; one clip stands in two lines.</summary>
    [Fact]
    public async Task Real_workers_divide_the_clips_and_one_table_tells_of_all()
    {
        string a = Quoted(_scene.Frames("a", 2)), b = Quoted(_scene.Frames("b", 2)), none = Quoted(_scene["none"]);
        string list = _scene.Text(
            "jobs.jsonl",
            $$"""
            { "clip": {{a}}, "seed": 1, "output": {{Quoted(_scene["r/a1"])}} }
            { "clip": {{none}} }
            { "clip": {{a}}, "seed": 2, "output": {{Quoted(_scene["r/a2"])}} }
            { "clip": {{b}} }
            """);
        var run = await Evs.RunProcess(
            _scene.Path,
            ["refine", "--batch", list, "-o", _scene["r"], "--threads", "1", "--json", "--gpus", "cpu,cpu,cuda:97", .. Scene.Short]);
        Assert.Equal(Faults.SomeFailed, run.ExitCode);
        using (var json = JsonDocument.Parse(run.Output))
        {
            var jobs = json.RootElement.GetProperty("jobs").EnumerateArray().ToArray();
            Assert.Equal(["done", "failed", "done", "done"], jobs.Select(job => job.GetProperty("end").GetString()));
            Assert.Equal("not-found", jobs[1].GetProperty("code").GetString());
            Assert.Equal(
                [_scene["r/a1"], _scene["r/a2"]],
                jobs.Where(job => job.GetProperty("clip").GetString() == _scene["a"]).Select(job => job.GetProperty("output").GetString()));
        }

        foreach (string worker in new[] { "cpu", "cuda:97" })
            Assert.Contains($"evsnative: {worker}: ", run.Error, StringComparison.Ordinal);
        Assert.NotEqual(Bytes("r/a1"), Bytes("r/a2"));
        // Done by another process, on another number of threads: the same bytes.
        Evs.Run(["refine", _scene["a"], "-o", _scene["alone"], "--device", "cpu", "--seed", "2", .. Scene.Short]).Text();
        Assert.Equal(Bytes("alone"), Bytes("r/a2"));
        Assert.False(Directory.Exists(_scene["r/.evs-batch"]));
    }

    /// <summary>Workers of one task of an array do the clips of this task; the others are nobody's failure.</summary>
    [Fact]
    public async Task Workers_of_a_shard_tell_of_their_shard()
    {
        string clips = _scene["clips"];
        Directory.CreateDirectory(clips);
        for (int i = 0; i < 4; i++) _scene.Frames($"clips/{i}", 2);
        var environment = new Dictionary<string, string> { ["JOB_COMPLETION_INDEX"] = "1", ["JOB_COMPLETIONS"] = "2" };
        string[] words = ["refine", "--batch", clips, "-o", _scene["r"], "--threads", "1", "--json", "--gpus", "cpu,cpu", .. Scene.Short];
        var run = (await Evs.RunProcess(_scene.Path, words, environment: environment)).Json();
        Assert.Equal(
            [$"{clips}/1 done", $"{clips}/3 done"],
            run.GetProperty("jobs").EnumerateArray().Select(job => $"{job.GetProperty("clip")} {job.GetProperty("end")}"));
        Assert.Equal(2, Directory.GetDirectories(_scene["r"]).Length);
    }

    [Fact]
    public void What_workers_tell_is_merged_by_results()
    {
        string list = _scene.Text(
            "jobs.jsonl",
            """
            { "clip": "a.mp4", "output": "1.mp4" }
            { "clip": "a.mp4", "output": "2.mp4" }
            { "clip": "a.mp4", "output": "3.mp4" }
            """);
        var jobs = BatchList.Read(list, new Choices());
        var failed = new BatchOutcome("a.mp4", BatchEnd.Failed, "2.mp4", 1, "damaged", "it is broken");
        // The name was taken meanwhile, so that the result has another one.
        var renamed = new BatchOutcome("a.mp4", BatchEnd.Done, "1-2.mp4", 2) { Wanted = "1.mp4" };
        var elsewhere = new BatchOutcome("a.mp4", BatchEnd.Elsewhere, "1.mp4", 0);
        WorkerReport[] reports = [new([elsewhere, failed]), new([renamed]), WorkerReport.Read("")];
        var merged = WorkerReport.Merge(jobs, Shard.Whole, reports);
        Assert.Equal([renamed, failed], merged.Take(2));
        Assert.Equal((BatchEnd.Failed, "stopped"), (merged[2].End, merged[2].Code));
        var refused = WorkerReport.Read("""{ "error": { "code": "device", "message": "it is not there" } }""");
        merged = WorkerReport.Merge(jobs, new Shard(2, 3), [.. reports, refused]);
        Assert.Equal([renamed, failed], merged.Take(2));
        Assert.Equal((BatchEnd.Failed, "device", "it is not there"), (merged[2].End, merged[2].Code, merged[2].Message));
        Assert.Equal([merged[2]], WorkerReport.Merge(jobs, new Shard(2, 3), [refused]));
    }

    [Fact]
    public void All_are_those_of_Nvidia_else_those_of_OpenCL_and_no_processor()
    {
        FoundDevice[] cuda = [new(Backend.Cuda, 0, GpuProfiles.Hopper), new(Backend.Cuda, 1, GpuProfiles.Ada)];
        var processor = GpuProfiles.Amd with { IsProcessor = true };
        FoundDevice[] openCL =
            [new(Backend.OpenCL, 0, processor), new(Backend.OpenCL, 1, GpuProfiles.Amd), new(Backend.OpenCL, 2, GpuProfiles.Amd)];
        Assert.Equal(["cuda:0", "cuda:1"], BatchWorkers.All(new DeviceSurvey([.. cuda, .. openCL], null, null)));
        Assert.Equal(["opencl:1", "opencl:2"], BatchWorkers.All(new DeviceSurvey(openCL, "no driver", null)));
        var error = Assert.Throws<DeviceException>(() => BatchWorkers.All(new DeviceSurvey([openCL[0]], "no driver", null)));
        Assert.Contains("no driver", error.Message, StringComparison.Ordinal);
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    private byte[][] Bytes(string folder) =>
        [.. Directory.GetFiles(_scene[folder]).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Options may be written with a colon: a worker that read them again would start workers, and these too.</summary>
    [Theory]
    [InlineData("--gpus:cpu")]
    [InlineData("--gpus=cpu")]
    public async Task A_worker_starts_none_of_its_own_however_its_words_are_written(string gpus)
    {
        string list = _scene.Text("list.jsonl", $$"""{"clip":{{JsonSerializer.Serialize(_scene.Frames("in", 2))}},"output":"made"}""");
        string text = (await Evs.RunProcess(_scene.Path, ["refine", "--batch", list, gpus, .. Scene.Short])).Text();
        Assert.Contains("1 done", text, StringComparison.Ordinal);
    }
}
