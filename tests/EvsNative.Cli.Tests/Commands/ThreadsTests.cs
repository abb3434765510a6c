using System.Globalization;
using System.Text.Json;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>How many threads compute: as many as were asked for, or as the process may use; and no byte depends on it.</summary>
public sealed class ThreadsTests : IDisposable
{
    private readonly Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("DOTNET_PROCESSOR_COUNT=1", 1)]
    [InlineData("DOTNET_PROCESSOR_COUNT=3", 3)]
    public async Task The_environment_limits_the_threads(string variable, int threads)
    {
        NeedOnSearchPath("env");
        AssertThreads(threads, await Run("env", variable));
    }

    [Fact]
    public async Task The_processor_affinity_limits_the_threads()
    {
        NeedOnSearchPath("taskset");
        string allowed = File.ReadLines("/proc/self/status")
            .Single(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        string first = allowed.Split('\t')[1].Split('-', ',')[0];
        AssertThreads(1, await Run("taskset", "-c", first));
    }

    [Fact]
    public void The_number_is_in_the_summary_and_in_the_help()
    {
        var run = Evs.Run(["refine", _scene.Frames("in", 2), "-o", _scene["out"], "--json", "--threads", "3", .. Scene.Short]).Json();
        Assert.Equal(3, run.GetProperty("settings").GetProperty("threads").GetInt32());
        Assert.Contains("CPU, 3 threads,", run.GetProperty("device").GetString(), StringComparison.Ordinal);
        foreach (string[] words in new string[][] { [], ["--threads", "0"] })
        {
            run = Evs.Run(["refine", _scene["in"], "-o", _scene["out"], "--force", "--json", .. words, .. Scene.Short]).Json();
            Assert.Equal(Environment.ProcessorCount, run.GetProperty("settings").GetProperty("threads").GetInt32());
        }

        foreach (string command in new[] { "refine --help all", "plan --help all", "doctor --help" })
            Assert.Matches(@"--threads N +processor threads.*0 to 1024", Evs.Run(command.Split(' ')).Text());
    }

    [Theory]
    [InlineData("doctor --threads -4")]
    [InlineData("plan --fake-weights tiny --size 32x32 --threads 1025")]
    public void Numbers_that_make_no_sense_are_refused_by_every_command(string words) =>
        Assert.Contains(": 0 to 1024", Evs.Run(words.Split(' ')).Complaint(), StringComparison.Ordinal);

    [Fact]
    public void The_demos_frames_are_the_same_bytes_for_one_and_three_threads()
    {
        byte[][] one = Demo("1"), three = Demo("3");
        Assert.Equal(16, one.Length);
        Assert.Equal(one, three);
    }

    private Task<Outcome> Run(params string[] through) => Evs.RunProcess(
        _scene.Path, ["refine", _scene.Frames("in", 2), "-o", "out", "--json", .. Scene.Short], through: through);

    private byte[][] Demo(string threads)
    {
        string folder = _scene[$"demo{threads}"];
        Evs.Run("refine", "--demo", "-o", folder, "--threads", threads, "--image-start", "2", "--insert-at", "1", "--video-start", "1",
            "--video-calls", "1", "--guidance", "1").Text();
        return [.. Directory.GetFiles(Path.Combine(folder, "frames")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
    }

    private static void AssertThreads(int wanted, Outcome outcome)
    {
        Assert.StartsWith($"CPU, {wanted.ToString(CultureInfo.InvariantCulture)} thread{(wanted == 1 ? "" : "s")},",
            outcome.Json().GetProperty("device").GetString(), StringComparison.Ordinal);
    }

    private static void NeedOnSearchPath(string program)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, program)))) Assert.Skip($"Needs the program {program}.");
    }
}
