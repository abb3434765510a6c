using System.Diagnostics;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Ctrl-C: an end within a moment, and nothing half-done left.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("INT", "out.mp4", 1.2)]
    [InlineData("INT", "out", 3)]
    [InlineData("TERM", "out", 2)]
    public async Task A_run_stops_at_once_and_leaves_nothing(string signal, string output, double afterSecondsOfWork)
    {
        if (output.EndsWith(".mp4", StringComparison.Ordinal)) Ffmpeg.Need();
        string clip = _scene.Frames("in", 16, 64, 64);
        await Stops(signal, afterSecondsOfWork, "refine", clip, "-o", _scene[output], "--report", _scene["page.html"], "--fake-weights",
            "tiny", "--upscale", "4");
    }

    [Fact]
    public Task The_demo_stopped_leaves_no_folder() =>
        Stops("INT", 2, "refine", "--demo", "-o", _scene["demo"], "--image-start", "50", "--insert-at", "20");

    private async Task Stops(string signal, double afterSecondsOfWork, params string[] args)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Needs signals.");
        string[] before = _scene.Content();
        using var process = Evs.Start(_scene.Path, args);
        var end = Evs.Finish(process);
        // Processor time, not a clock: on a busy machine a run starts late. Its own handler must be there first, or the system ends it
        // without a word.
        while (!process.HasExited && Work(process) < afterSecondsOfWork) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, "the run ended before it was stopped");

        long start = Stopwatch.GetTimestamp();
        Outcome outcome;
        try
        {
            using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])) await kill
                .WaitForExitAsync(TestContext.Current.CancellationToken);
            outcome = await end.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 3);
        Assert.Equal((Faults.Stopped, "", "evsnative: stopped; nothing was written"),
            (outcome.ExitCode, outcome.Output, outcome.Error.Trim()));
        Assert.Equal(before, _scene.Content());
    }

    private static double Work(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }
}
