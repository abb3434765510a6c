using System.Text.Json;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Micro;
using EvsNative.Testing;

namespace EvsNative.Bench.Tests;

/// <summary>Micro-benchmarks by the short job: rows, what calls allocate, exported files. Times are for who reads them.</summary>
public sealed class MicroTests
{
    [Fact]
    public void Lines_of_the_processor_have_times_and_allocate_nothing()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Short(folder, "--device", "cpu", "--filter", "*embed, 77*", "norms*8x8*"));
        Assert.All(["*-github.md", "*.csv", "*-full.json"], ending => Assert.Single(Exported(folder, ending)));
        string[] rows = [.. File.ReadLines(Assert.Single(Exported(folder, "*.csv")))];
        Assert.Equal(["On", "Operation", "Mean"], rows[0].Split(',')[..3]);
        Assert.EndsWith(",Rate,Allocated", rows[0], StringComparison.Ordinal);
        Assert.Equal(2, rows.Length - 1);
        Assert.All(rows[1..], row => Assert.StartsWith("cpu,", row, StringComparison.Ordinal));
        Assert.All(rows[1..], row => Assert.EndsWith(" GB/s,0 B", row, StringComparison.Ordinal));
        Assert.All(Means(folder), nanoseconds => Assert.True(nanoseconds > 100, $"{nanoseconds} ns"));
        string page = File.ReadAllText(Assert.Single(Exported(folder, "*-github.md")));
        Assert.Equal(2, page.Split('\n').Count(line => line.Contains("0 B", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lines_of_a_GPU_are_timed_by_its_own_clock()
    {
        var (usual, cache) = (CudaDriver.Load, Environment.GetEnvironmentVariable("EVSNATIVE_CACHE"));
        var driver = new FakeCudaDriver();
        using var folder = new TemporaryFolder();
        CudaDriver.Load = () => driver;
        Environment.SetEnvironmentVariable("EVSNATIVE_CACHE", "off");
        try
        {
            Assert.Equal(0, Short(folder, "--device", "cuda", "--filter", "*embed, 77*", "*combine*"));
            // The driver's clock says 1.5 ms of every record, and a record of the short job has two calls.
            Assert.Equal([0.75e6, 0.75e6], Means(folder));
            Assert.Empty(driver.Leaks);
        }
        finally
        {
            CudaDriver.Load = usual;
            Environment.SetEnvironmentVariable("EVSNATIVE_CACHE", cache);
        }
    }

    [Fact]
    public void What_a_call_allocates_is_counted()
    {
        Assert.Equal(0, SteadyMemory.Measure(() => { }));
        Assert.InRange(SteadyMemory.Measure(() => GC.KeepAlive(new byte[1000])), 1000, 1100);
    }

    [Fact]
    public void Filters_are_globs_over_groups_and_names()
    {
        var all = MicroCases.Matching([]);
        Assert.DoesNotContain(all, shape => shape.Group == LargeCases.Group);
        Assert.Equal(
            all.Where(shape => shape.Line.Contains("conv", StringComparison.Ordinal)),
            MicroCases.Matching(["*CONV*"]).Where(shape => shape.Group != LargeCases.Group),
            (one, other) => one.Line == other.Line);
        Assert.Single(MicroCases.Matching(["conv ?x? 320 -> 320, 64x64", "conv 3x3: 320 -> 320, 64x64"]));
        Assert.Equal(
            MicroCases.Matching(["norms*"]).Length + MicroCases.Matching(["products*"]).Length,
            MicroCases.Matching(["norms*", "products*"]).Length);
    }

    [Theory]
    [InlineData("--filter", "*warp drive*")]
    [InlineData("--device", "warp")]
    [InlineData("--device", "auto")]
    [InlineData("--threads", "9999")]
    [InlineData("--out", "/dev/null/tables", "--filter", "*embed, 77*", "--device", "cpu")]
    [InlineData("warp")]
    public void Words_that_cannot_be_used_end_with_two(params string[] args) => Assert.Equal(2, MicroCommand.Run(args));

    [Fact]
    public void The_bench_hands_its_words_on()
    {
        string[] words = [.. BenchCommands.MicroStart(["--filter", "*conv*", "--short"]).ArgumentList];
        Assert.Equal(["run", "-c", "Release", "--project"], words[..4]);
        Assert.True(File.Exists(words[4]), words[4]);
        Assert.Equal(["--", "--filter", "*conv*", "--short"], words[5..]);
    }

    private static int Short(TemporaryFolder folder, params string[] words) =>
        MicroCommand.Run(["--short", "--threads", "2", "--out", folder[""], .. words]);

    private static IEnumerable<string> Exported(TemporaryFolder folder, string ending) =>
        Directory.EnumerateFiles(folder[""], ending, SearchOption.AllDirectories);

    private static double[] Means(TemporaryFolder folder)
    {
        using var report = JsonDocument.Parse(File.ReadAllText(Assert.Single(Exported(folder, "*-full.json"))));
        return
        [
            .. report.RootElement.GetProperty("Benchmarks").EnumerateArray()
                .Select(line => line.GetProperty("Statistics").GetProperty("Mean").GetDouble()),
        ];
    }
}
