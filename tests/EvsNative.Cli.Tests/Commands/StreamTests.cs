using System.Diagnostics;
using System.Text.Json;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>Streams that take nothing: the clip counts, the exit code holds, and nothing is thrown at anybody.</summary>
public sealed class StreamTests : IDisposable
{
    private readonly Scene _scene = new();

    public static TheoryData<string> Broken => ["is on a full disk", "is closed", "was a terminal that is gone"];

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_clip_that_is_written_counts_though_its_summary_cannot_be_shown(string why)
    {
        string clip = _scene.Frames("in", 2);
        foreach (string[] more in (string[][])[[], ["--json"]])
        {
            var outcome = Evs.RunOn(Of(why), null, ["refine", clip, "-o", _scene["out"], "--force", .. more, .. Scene.Short]);
            Assert.Equal(0, outcome.ExitCode);
            Assert.EndsWith($"evsnative: the summary could not be shown (the output stream {why}); written: {_scene["out"]}",
                outcome.Error.TrimEnd(), StringComparison.Ordinal);
            Assert.Equal(2, FrameFiles.Read(_scene["out"]).Count);
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_is_nothing_but_output_is_refused_by_the_streams_name(string why)
    {
        foreach (string words in (string[])["plan --fake-weights tiny --size 32x32 --frames 2 --mode t2i", "--help", "refine --help all",
            "--version", "plan --fake-weights tiny --size 32x32 --frames 2 --mode t2i --json"])
        {
            var outcome = Evs.RunOn(Of(why), null, words.Split(' '));
            Assert.Equal($"the output stream {why}: nothing can be shown there", outcome.Complaint());
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void An_error_stream_that_takes_nothing_changes_no_exit_code(string why)
    {
        Assert.Equal(Faults.UnusableInput, Evs.RunOn(null, Of(why), "plan", "nosuch").ExitCode);
        Assert.Equal(Faults.UnusableInput, Evs.RunOn(Of(why), Of(why), "plan", "nosuch", "--json").ExitCode);
        Assert.Equal(0, Evs.RunOn(Of(why), Of(why), ["refine", _scene.Frames("in", 2), "-o", _scene["out"], .. Scene.Short]).ExitCode);
    }

    /// <summary>In a process of its own, where a closed stream's number is another file's.</summary>
    [Theory]
    [InlineData("plan nosuch 2>/dev/full", 2)]
    [InlineData("plan nosuch >&- 2>&-", 2)]
    [InlineData("--version >&-", 2)]
    [InlineData("--version >/dev/full", 2)]
    [InlineData("--help | true", 0)]
    public async Task The_shell_sees_the_exit_code(string words, int code)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs /dev/full and bash's ways of closing streams.");
        var outcome = await Shell($"\"$@\" {words}");
        Assert.Equal(code, outcome.ExitCode);
        string[] lines = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(words.StartsWith("--version", StringComparison.Ordinal) ? 1 : 0, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("evsnative: the output stream is ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Too_few_files_are_said_in_one_line()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs ulimit and /proc.");
        var outcome = await Shell("ulimit -n 48; \"$@\" doctor --json");
        Assert.StartsWith("too many open files (48 may be open at once, 128 are needed): raise the limit", outcome.Complaint(),
            StringComparison.Ordinal);
        using var json = JsonDocument.Parse(outcome.Output);
        var error = json.RootElement.GetProperty("error");
        Assert.Equal("system", error.GetProperty("code").GetString());
        Assert.Equal(outcome.Complaint(), error.GetProperty("message").GetString());
    }

    /// <summary>The system ends a process that writes more than it may, unless it says that it will look at what writing gives.</summary>
    [Fact]
    public async Task A_limit_of_files_sizes_is_a_line_and_leaves_nothing()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs ulimit.");
        string clip = _scene.Frames("in", 2, 64, 64), words = string.Join(' ', Scene.Short);
        string[] before = _scene.Content();
        // The runtime keeps what it compiles in files that have no name, OpenCL's compiler in others.
        string command = $"\"$@\" refine {clip} -o {_scene["out"]} --device cpu {words}";
        var outcome = await Shell($"export DOTNET_EnableWriteXorExecute=0; ulimit -f 32; {command}");
        Assert.Contains(_scene["out"], outcome.Complaint(), StringComparison.Ordinal);
        Assert.Equal(before, _scene.Content());
    }

    [Fact]
    public async Task A_terminal_that_closes_stops_a_run()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs signals.");
        var never = TestContext.Current.CancellationToken;
        string[] args = ["refine", _scene.Frames("in", 16, 64, 64), "-o", _scene["out"], "--fake-weights", "tiny", "--upscale", "4"];
        using var process = Evs.Start(_scene.Path, args);
        string[] before = _scene.Content();
        var end = Evs.Finish(process);
        while (!process.HasExited && process.TotalProcessorTime.TotalSeconds < 1) await Task.Delay(20, never);
        Outcome outcome;
        try
        {
            using (var kill = Process.Start("kill", ["-HUP", $"{process.Id}"])) await kill.WaitForExitAsync(never);
            outcome = await end.WaitAsync(TimeSpan.FromSeconds(30), never);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }

        Assert.Equal((Faults.Stopped, "evsnative: stopped; nothing was written"), (outcome.ExitCode, outcome.Error.Trim()));
        Assert.Equal(before, _scene.Content());
    }

    [Fact]
    public void Work_that_does_not_heed_a_stop_is_left_behind()
    {
        using var stop = new CancellationTokenSource();
        using var never = new ManualResetEventSlim();
        stop.CancelAfter(50);
        long start = Stopwatch.GetTimestamp();
        Assert.Throws<OperationCanceledException>(() => WithinReach.Do(
            () =>
            {
                never.Wait(CancellationToken.None);
                return 0;
            },
            stop.Token));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 4);
        Assert.Equal(3, WithinReach.Do(() => 3, CancellationToken.None));
        Assert.Throws<NotSupportedException>(() => WithinReach.Do(() => throw new NotSupportedException(), CancellationToken.None));
        never.Set();
    }

    private static BrokenWriter Of(string why) => why switch
    {
        "is closed" => BrokenWriter.Closed,
        "is on a full disk" => BrokenWriter.Full,
        _ => BrokenWriter.Gone,
    };

    private Task<Outcome> Shell(string script) => Evs.RunProcess(_scene.Path, [], through: ["bash", "-c", script, "bash"]);
}
