using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>What a start may not take: what is loaded is compiled, and compiling is most of a short command's time.</summary>
public sealed class StartTests
{
    private static readonly string[] Networks =
        ["EvsNative.Models", "EvsNative.Kernels", "ILGPU", "Spectre.Console", "Microsoft.ML.Tokenizers", "System.Text.Json"];

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task Help_loads_no_networks_no_kernels_and_no_tables(string word)
    {
        using var folder = new TemporaryFolder();
        var (outcome, names) = await LoadedAssemblies.Of(folder[""], word);
        Assert.Equal(0, outcome.ExitCode);
        Assert.NotEmpty(outcome.Output);
        Assert.Contains("System.CommandLine", names);
        Assert.Empty(names.Intersect(Networks));
    }

    [Fact]
    public async Task A_run_on_the_processor_loads_no_compiler_of_kernels()
    {
        using var folder = new TemporaryFolder();
        var (outcome, names) = await LoadedAssemblies.Of(folder[""], "refine", "--demo", "--mode", "t2v", "--device", "cpu");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("EvsNative.Kernels", names);
        Assert.DoesNotContain(names, name => name.StartsWith("ILGPU", StringComparison.Ordinal));
    }
}
