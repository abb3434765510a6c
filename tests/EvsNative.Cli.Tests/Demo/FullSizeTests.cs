using EvsNative.Cli.Tests.Commands;
using EvsNative.Pipelines.Frames;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Demo;

/// <summary>All four networks at the size of Stable Diffusion 1.5, weights by formula, in a process of their own.</summary>
public sealed class FullSizeTests(ITestOutputHelper output)
{
    private const long NeededBytes = 9_000_000_000;

    [Fact]
    public async Task A_clip_goes_through_every_stage_within_the_memory_that_the_plan_foretold()
    {
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < NeededBytes) Assert.Skip("the full-size model needs 9 GB of memory");
        using var folder = new TemporaryFolder();
        string clip = Clip(folder), refined = Path.Combine(folder.Path, "refined");
        string[] words = [clip, "--fake-weights", "sd15", "--upscale", "1", "--image-steps", "5", "--prompt", "a clip", "--json"];
        var plan = (await Evs.RunProcess(folder.Path, ["plan", .. words])).Json();
        var run = (await Evs.RunProcess(folder.Path, ["refine", .. words, "--output", refined])).Json();

        long foretold = plan.GetProperty("peakBytes").GetInt64(), held = run.GetProperty("peakMemoryBytes").GetInt64();
        double flops = plan.GetProperty("flops").GetInt64(), seconds = run.GetProperty("seconds").GetDouble();
        output.WriteLine($"peak memory {held / 1e9:F2} GB, foretold {foretold / 1e9:F2} GB; {flops / 1e12:F2} TFLOP in {seconds:F1} s");
        Assert.True(held <= foretold, $"the run held {held} bytes, the plan said {foretold}");

        string[] phases = [.. run.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("name").GetString()!)];
        Assert.Equal(
            ["read and plan", "load", "encode", "read the prompt", "image 2..1", "video 4..3", "image 1..1", "decode", "write"],
            phases);
        var result = FrameFiles.Read(refined);
        Assert.Equal((2, 128, 128), (result.Count, result.Height, result.Width));
    }

    /// <summary>6 GB of weights of 32 bits: of the U-Net a layer at a time is there, and what fits beside.</summary>
    [Fact]
    public async Task With_a_limit_of_3_GB_the_same_networks_stay_below_it()
    {
        using var folder = new TemporaryFolder();
        string[] words =
        [
            Clip(folder), "--fake-weights", "sd15", "--upscale", "1", "--mode", "t2i+t2v", "--image-steps", "2", "--image-start", "1",
            "--video-steps", "4", "--video-start", "1", "--guidance", "1", "--prompt", "a clip", "--json", "--max-memory", "3GB",
        ];
        var run = (await Evs.RunProcess(folder.Path, ["refine", .. words, "--output", "refined"])).Json();
        long held = run.GetProperty("peakMemoryBytes").GetInt64();
        string plan = run.GetProperty("memoryPlan").GetString()!;
        output.WriteLine($"peak memory {held / 1e9:F2} GB with {plan}, {run.GetProperty("seconds").GetDouble():F1} s");
        Assert.InRange(held, 1_000_000_000, 3_000_000_000);
        Assert.Contains("weights streamed", plan, StringComparison.Ordinal);
        Assert.Contains(
            run.GetProperty("warnings").EnumerateArray(), warning => warning.GetProperty("code").GetString() == "planned");
    }

    private static string Clip(TemporaryFolder folder)
    {
        string clip = Path.Combine(folder.Path, "clip");
        var demo = FrameFiles.Read(Repository.File("weights", "demo", "clip"), maxFrames: 2);
        FrameFiles.Write(clip, PixelResize.Bicubic(demo, 128, 128), force: false);
        return clip;
    }
}
