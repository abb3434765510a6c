using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>The memory that is foretold is enough, and not much more than enough.</summary>
public sealed class MemoryTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("--fake-weights tiny")]
    [InlineData("--fake-weights tiny --sfi full --video-steps 8 --video-start 2")]
    [InlineData("--fake-weights tiny --mode t2i --frames-per-pass 1")]
    [InlineData("--fake-weights tiny --upscale-in latents")]
    [InlineData("--model evs-tiny --prompt balloon")]
    public Task A_run_stays_within_its_forecast(string words) => Compare(
        [_scene.Frames("in", 8, 64, 64), .. words.Replace("evs-tiny", Repository.File("weights", "evs-tiny"), StringComparison.Ordinal)
            .Split(' '),
        "--image-steps", "2", "--image-start", "1", "--guidance", "1"]);

    [Fact]
    public Task The_demo_stays_within_its_forecast() =>
        Compare(["--demo", "--image-start", "1", "--insert-at", "1", "--video-start", "1", "--video-calls", "1"]);

    private async Task Compare(string[] args)
    {
        long foretold = Evs.Run(["plan", "--json", .. args]).Json().GetProperty("peakBytes").GetInt64();
        var run = (await Evs.RunProcess(_scene.Path, ["refine", "--json", "-o", "out", .. args])).Json();
        long taken = run.GetProperty("peakMemoryBytes").GetInt64();
        TestContext.Current.TestOutputHelper!.WriteLine($"{taken >> 20} MiB taken, {foretold >> 20} MiB foretold");
        Assert.InRange(taken, 30 << 20, foretold);
        Assert.InRange(foretold, taken, (2 * taken) + 300_000_000);
    }
}
