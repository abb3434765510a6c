using System.Diagnostics;
using System.Security.Cryptography;
using EvsNative.Pipelines.Work;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>
/// A run that is killed goes on where it was, and its result is equal to the byte to that of a run that nobody disturbed.
/// EVSNATIVE_KILLS=100 kills more often.
/// </summary>
public sealed class ResumeTests : IDisposable
{
    private const int FewKills = 6;

    private static readonly string[] Signals = ["TERM", "INT", "KILL"];

    private static readonly string[] Small =
        ["--fake-weights", "tiny", "--image-steps", "8", "--image-start", "6", "--window", "4", "--window-overlap", "2", "--guidance", "2"];

    private readonly Scene _scene = new();

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("EVSNATIVE_KILLS"), out int kills) ? kills : FewKills;

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Killed_at_random_moments_it_ends_equal_to_the_byte()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Needs signals.");
        string clip = _scene.Frames("in", 10);
        string[] words = ["refine", clip, "-o", _scene["out"], .. Small, "--save-every", "0"];
        var clock = Stopwatch.StartNew();
        Evs.Run(["refine", clip, "-o", _scene["wanted"], .. Small]).Text();
        double whole = clock.Elapsed.TotalSeconds + 0.5;
        var random = new Random(14);
        int killed = 0, runs = 0;
        while (killed < Kills)
        {
            Assert.True(++runs < 10 * Kills, $"{killed} of {runs} runs could be killed");
            // A run that is killed at once for ever would never end: every fourth is left alone.
            bool isLeftAlone = runs % 4 == 0;
            if (!await RunKilled(words, isLeftAlone ? null : Signals[random.Next(3)], random.NextDouble() * whole)) Reset();
            else killed++;
        }

        if (!File.Exists(_scene["out/0000.png"])) Assert.Equal(0, (await Evs.RunProcess(_scene.Path, words)).ExitCode);
        Check();
    }

    [Fact]
    public void A_changed_setting_is_named_and_the_run_is_kept()
    {
        // The result and the work lie among the frames, of which a pattern chooses.
        string clip = Path.Combine(_scene.Frames("in", 10), "%04d.png");
        string[] words = ["refine", clip, "-o", _scene["in/out"], .. Small, "--save-every", "0"];
        Evs.Run([.. words, "--keep-work", "--work", _scene["in/kept"]]).Text();
        string[] again = ["refine", clip, "-o", _scene["again"], .. Small, "--work", _scene["in/kept"]];
        Assert.Contains("guidance", Evs.Run([.. again, "--guidance", "3"]).Complaint(), StringComparison.Ordinal);
        Assert.Contains("kept", Evs.Run(["runs", _scene.Path]).Text(), StringComparison.Ordinal);
        byte[] frame = File.ReadAllBytes(_scene["in/0004.png"]);
        File.Copy(_scene["in/0007.png"], _scene["in/0004.png"], overwrite: true);
        Assert.Contains("clip is", Evs.Run(again).Complaint(), StringComparison.Ordinal);
        File.WriteAllBytes(_scene["in/0004.png"], frame);
        Evs.Run(again).Text();
        Assert.False(Directory.Exists(_scene["in/kept"]));
        Assert.Equal(Pictures("in/out"), Pictures("again"));
    }

    [Fact]
    public void A_folder_that_a_kill_behind_the_result_left_is_taken_away()
    {
        string[] words = ["refine", _scene.Frames("in", 2), "-o", _scene["out"], .. Scene.Short, "--save-every", "0"];
        Evs.Run([.. words, "--keep-work"]).Text();
        string[] kept = [.. Directory.GetDirectories(_scene.Path, "*.evs-run")];
        Assert.Single(kept);
        Assert.Contains(kept[0], Evs.Run("runs", _scene.Path).Text(), StringComparison.Ordinal);
        Directory.Move(_scene["out"], _scene["aside"]);
        FinishedRun.Mark(new RunFolder(kept[0]), _scene["out"]);
        Directory.Move(_scene["aside"], _scene["out"]);
        var again = Evs.Run(words);
        Assert.Contains("was removed", again.Error, StringComparison.Ordinal);
        Assert.Contains("already", again.Error, StringComparison.Ordinal);
        Assert.Equal(Faults.UnusableInput, again.ExitCode);
        CheckFolders();
    }

    /// <summary>The disk is full between kills: one line each time, and when there is space the run ends as if nothing had been.</summary>
    [Fact]
    public async Task A_full_disk_between_kills_changes_no_byte()
    {
        string clip = _scene.Frames("in", 10);
        using var disk = SmallDisk.Create(_scene["disk"], kilobytes: 32);
        Evs.Run(["refine", clip, "-o", _scene["wanted"], .. Small]).Text();
        string[] words = ["refine", clip, "-o", _scene["disk/out"], .. Small, "--save-every", "0"];
        foreach (int kilobytes in new[] { 32, 48 })
        {
            disk.Resize(kilobytes);
            var full = Evs.Run([.. words, "--json"]);
            string[] said = full.Error.TrimEnd().Split('\n');
            Assert.Equal(Faults.UnusableInput, full.ExitCode);
            Assert.Contains("the disk is full", said[^1], StringComparison.Ordinal);
            Assert.Single(said, line => line.Contains("the disk is full", StringComparison.Ordinal));
            Assert.Contains("\"disk-full\"", full.Output, StringComparison.Ordinal);
            Assert.True(Directory.GetFiles(_scene["disk/out.evs-run/units"]).Length > 0, "nothing was kept");
            Assert.False(Directory.Exists(_scene["disk/out"]));
            if (!OperatingSystem.IsWindows()) await RunKilled(words, "KILL", 1.5);
        }

        disk.Resize(1 << 14);
        Assert.Contains("goes on", Evs.Run(words).Error, StringComparison.Ordinal);
        Assert.Equal(Pictures("wanted"), Pictures("disk/out"));
        Assert.False(Directory.Exists(_scene["disk/out.evs-run"]));
    }

    /// <summary>A run from its start to a signal; false if it ended before.</summary>
    private async Task<bool> RunKilled(string[] words, string? signal, double afterSeconds)
    {
        using var process = Evs.Start(_scene.Path, words);
        var end = Evs.Finish(process);
        if (signal is not null)
        {
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromSeconds(afterSeconds), TestContext.Current.CancellationToken));
            if (!process.HasExited)
            {
                using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
                await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }

        var outcome = await end.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        if (outcome.ExitCode == 0) return false;
        Assert.True(signal is not null, outcome.Error);
        // Killed between the moment when the result appeared and its end: the result is whole, and its work may still be there.
        if (!Directory.Exists(_scene["out"])) return true;
        Evs.Run("runs", _scene.Path).Text();
        Check();
        Directory.Delete(_scene["out"], recursive: true);
        return true;
    }

    /// <summary>A result that is there is looked at, and the next run begins anew.</summary>
    private void Reset()
    {
        Check();
        Directory.Delete(_scene["out"], recursive: true);
    }

    private void Check()
    {
        Assert.Equal(Pictures("wanted"), Pictures("out"));
        CheckFolders();
    }

    private void CheckFolders() =>
        Assert.DoesNotContain(Directory.EnumerateDirectories(_scene.Path), folder => folder.EndsWith(".evs-run", StringComparison.Ordinal));

    private string[] Pictures(string folder) =>
    [
        .. Directory.EnumerateFiles(_scene[folder]).Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}
