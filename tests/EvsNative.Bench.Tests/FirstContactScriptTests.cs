namespace EvsNative.Bench.Tests;

/// <summary>What <c>bench/gpu-there.sh</c> does on a machine: every step, what fails, what is missing, what ends it.</summary>
public sealed class FirstContactScriptTests
{
    private const string Off = "tensor cores are switched off from here on";

    [Fact]
    public void Every_step_runs_within_its_limit_and_is_told()
    {
        using var run = new ScriptRun("", "nvidia-smi", "ncu", "compute-sanitizer");
        string[] steps =
        [
            "machine", "kernels", "instructions", "doctor-fp16", "doctor-fp32", "agree-fp16", "agree-fp32", "golden-fp16", "golden-fp32",
            "demo-fp16", "large", "evs-1024x640", "evs-1024x1024", "passes", "roofline", "ncu", "sanitizer-memcheck",
            "sanitizer-racecheck",
        ];
        Assert.Equal(0, run.Do("machine kernels instructions doctor agree golden demo large evs passes roofline ncu sanitizer"));
        Assert.Equal(steps.Select(step => (step, 0)), run.Steps);
        Assert.Equal(steps.Length, run.Page.Split("\n## ").Length - 1);
        Assert.Equal(steps.Length, run.Page.Split("\ndone, ").Length - 1);
        Assert.DoesNotContain(Off, run.Page, StringComparison.Ordinal);
        Assert.Contains(run.Results, line => line.TryGetProperty("of", out var of) && of.GetString() == "EvsNative.Bench agree");

        // Tensor kernels are timed whatever was found; a profiler sees one call after the other.
        Assert.Contains(run.Calls, call => call.Contains("--only large", StringComparison.Ordinal)
            && call.EndsWith("[portable,tensor] []", StringComparison.Ordinal));
        Assert.Contains(run.Calls, call => call.StartsWith("ncu ", StringComparison.Ordinal)
            && call.EndsWith("[portable,tensor] [1]", StringComparison.Ordinal));
    }

    [Fact]
    public void Tools_that_are_not_there_are_a_line_each()
    {
        using var run = new ScriptRun();
        Assert.Equal(0, run.Do("machine ncu sanitizer"));
        if (run.Page.Contains("no compute-sanitizer", StringComparison.Ordinal))
            Assert.Contains("## compute-sanitizer\n\nleft out: the tool is not here", run.Page, StringComparison.Ordinal);
        Assert.Equal(("machine", 0), run.Steps[0]);
    }

    [Theory]
    [InlineData("doctor", "[ \"${EVSNATIVE_KERNELS:-}\" = portable ] || exit 1", "doctor fails with tensor cores and passes without")]
    [InlineData("agree", "echo '| a | FAIL: other bits |'; exit 1", "agree finds other numbers in fp16")]
    [InlineData("golden", "echo '| a | FAIL |'; exit 1", "goldens fail in fp16")]
    public void What_finds_tensor_kernels_wrong_switches_them_off(string verb, string does, string reason)
    {
        using var run = new ScriptRun($"[ \"$1\" = {verb} ] && {{ {does}; }}\ntrue\n");
        Assert.Equal(0, run.Do("doctor agree golden large passes"));
        Assert.Contains($"**{reason}: {Off}", run.Page, StringComparison.Ordinal);
        Assert.EndsWith("[portable] []", Call(run, "--only passes"), StringComparison.Ordinal);
        Assert.EndsWith("[portable,tensor] []", Call(run, "--only large"), StringComparison.Ordinal);
        Assert.Equal(verb == "doctor", !run.Calls.Any(call => call.Contains(" agree ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Kernels_that_fail_either_way_are_tried_one_by_one_and_stay_on()
    {
        using var run = new ScriptRun("[ \"$1\" = doctor ] && exit 1\ntrue\n");
        Assert.Equal(0, run.Do("doctor-fp16 passes"));
        Assert.Equal([("doctor-fp16", 1), ("doctor-fp16-portable", 1), ("doctor-fp16-sync", 1), ("passes", 0)], run.Steps);
        Assert.EndsWith("[] []", Call(run, "--only passes"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_dies_in_the_middle_keeps_its_lines_and_the_next_one_runs()
    {
        using var run = new ScriptRun("""
            case $* in *'--only passes'*)
                echo '{"line":"first"}' >>"$json"
                printf '{"line":"sec' >>"$json"
                echo 'what the driver said' >&2
                kill -SEGV $$ ;;
            esac

            """);
        Assert.Equal(0, run.Do("passes roofline"));
        Assert.Equal([("passes", 139), ("roofline", 0)], run.Steps);
        Assert.Contains("**failed (code 139)**", run.Page, StringComparison.Ordinal);
        Assert.Contains("| EvsNative.Bench gpu | ran |", run.Page, StringComparison.Ordinal);
        Assert.Contains("what the driver said", run.Page, StringComparison.Ordinal);
        var line = Assert.Single(run.Results, line => line.TryGetProperty("line", out _));
        Assert.Equal("first", line.GetProperty("line").GetString());
    }

    [Fact]
    public void A_step_ends_at_its_limit_and_what_the_time_does_not_reach_is_left_out()
    {
        using var run = new ScriptRun("case $* in *'--only passes'*) exec sleep 600 ;; esac\n") { HasFastClock = true };
        Assert.Equal(0, run.Do("passes roofline"));
        Assert.Equal(("passes", 124), run.Steps[0]);
        Assert.Equal("roofline", run.Steps[1].Step);
        Assert.Contains("**stopped after 60 s**", run.Page, StringComparison.Ordinal);
        Assert.Contains("| EvsNative.Bench gpu | ran |", run.Page, StringComparison.Ordinal);
        Assert.Equal(0, run.Do("passes roofline", "--seconds", "4"));
        Assert.Equal(2, run.Page.Split("left out: no time left.").Length - 1);
        Assert.Empty(run.Steps);
    }

    [Fact]
    public async Task Who_stops_the_script_keeps_what_the_step_had_written_and_nothing_goes_on()
    {
        using var run = new ScriptRun("case $* in *'--only passes'*) echo $$ >\"$CALLS.pid\"; exec sleep 60 ;; esac\n");
        using var process = run.Start("machine passes roofline");
        string pidFile = Path.Combine(Path.GetDirectoryName(run.Out)!, "calls.txt.pid");
        while (!File.Exists(pidFile) || new FileInfo(pidFile).Length == 0) await Task.Delay(20, TestContext.Current.CancellationToken);
        string pid = (await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken)).Trim();
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(143, process.ExitCode);
        Assert.Contains("**stopped from outside**", run.Page, StringComparison.Ordinal);
        Assert.Contains("| EvsNative.Bench gpu | ran |", run.Page, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Calls, call => call.Contains("--only products", StringComparison.Ordinal));
        Assert.Contains(run.Results, line => line.TryGetProperty("of", out _));
        for (int i = 0; i < 250 && Directory.Exists($"/proc/{pid}"); i++) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists($"/proc/{pid}"), "the step's program goes on");
    }

    /// <summary>Copies lose permissions: programs are made fit to start, the demo is put beside them.</summary>
    [Fact]
    public void A_load_whose_programs_cannot_be_started_is_mended()
    {
        using var run = new ScriptRun();
        run.Forbid();
        Assert.Equal(0, run.Do("doctor-fp16 demo"));
        Assert.Equal([("doctor-fp16", 0), ("demo-fp16", 0)], run.Steps);
        Assert.Equal(2, run.Do("doctor-fp16", "--load", run.Out));
    }

    private static string Call(ScriptRun run, string words) =>
        Assert.Single(run.Calls, call => call.Contains(words, StringComparison.Ordinal));
}
