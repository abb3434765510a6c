using System.Diagnostics;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Ctrl-C: an end within a moment, and nothing half-done left.</summary>
public sealed class InterruptTests : IDisposable
{
    /// <summary>What a pipe of Linux holds.</summary>
    private const int PipeBytes = 65536;

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

    [Fact]
    public Task A_plan_of_a_full_size_model_stops_too() => Stops(
        "INT", 1.2, 1,
        "plan", "--fake-weights", "sd15", "--size", "1024x1024", "--image-steps", "900", "--image-start", "900", "--frames-per-pass", "1");

    /// <summary>A pipe that is full and that nobody reads keeps a process that writes to it, whatever it has been asked.</summary>
    [Theory]
    [InlineData("INT", "INT", 2)]
    [InlineData("TERM", "TERM", 15)]
    [InlineData("INT", "TERM", 15)]
    public async Task The_second_signal_ends_a_process_that_does_not_heed_the_first(string first, string second, int number)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs /proc, which tells where a process waits.");
        // The runtime's own debugger waits at a pipe too.
        var quiet = new Dictionary<string, string> { ["DOTNET_EnableDiagnostics"] = "0" };
        string[] full = ["bash", "-c", $"head -c {PipeBytes} /dev/zero; exec \"$@\"", "bash"];
        using var process = Evs.Start(_scene.Path, ["refine", "--help", "all"], through: full, environment: quiet);
        try
        {
            while (!process.HasExited && !IsWriting(process)) await Task.Delay(20, TestContext.Current.CancellationToken);
            await Signal(process, first);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            Assert.False(process.HasExited, "the first signal was heeded: the test needs another way to hang");
            await Signal(process, second);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(5));
            Assert.Equal(128 + number, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private Task Stops(string signal, double afterSecondsOfWork, params string[] args) => Stops(signal, afterSecondsOfWork, 3, args);

    private async Task Stops(string signal, double afterSecondsOfWork, double within, params string[] args)
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
            await Signal(process, signal);
            outcome = await end.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, within);
        Assert.Equal((Faults.Stopped, "", "evsnative: stopped; nothing was written"),
            (outcome.ExitCode, outcome.Output, outcome.Error.Trim()));
        Assert.Equal(before, _scene.Content());
    }

    private static async Task Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Whether one of its threads waits for room in a pipe.</summary>
    private static bool IsWriting(Process process) =>
        Directory.GetDirectories($"/proc/{process.Id}/task").Any(
            thread => Try(() => File.ReadAllText(Path.Combine(thread, "wchan"))).EndsWith("pipe_write", StringComparison.Ordinal));

    private static string Try(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static double Work(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalSeconds;
    }
}
