using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>The machine and its self-test.</summary>
public sealed class DoctorTests(DoctorTests.Said said) : IClassFixture<DoctorTests.Said>
{
    [Fact]
    public void Every_operation_is_tested_and_passes()
    {
        string[] rows = [.. said.Text.Split('\n').Where(line => line.Contains(" pass ", StringComparison.Ordinal))];
        // Packing is part of every product; everything else of the vocabulary has a row of its own.
        var calls = typeof(IKernelCall).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IKernelCall)));
        foreach (string operation in calls.Select(type => type.Name[..^"Call".Length]))
            Assert.Contains(rows, row => row.Contains(operation, StringComparison.Ordinal));
        Assert.DoesNotContain("FAIL", said.Text, StringComparison.Ordinal);
        Assert.Contains("every operation computes what it should", said.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Device_memory_and_versions_are_named()
    {
        string[] lines = said.Text.Split('\n');
        Assert.Contains(lines, line => line.StartsWith("evsnative", StringComparison.Ordinal)
            && line.Contains(RefineRun.Version, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("device", StringComparison.Ordinal)
            && line.Contains("CPU, 1 thread,", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("memory", StringComparison.Ordinal)
            && line.Contains(" GB", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("runtime", StringComparison.Ordinal)
            && line.Contains(".NET 10", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("speed", StringComparison.Ordinal)
            && line.Contains("GFLOP/s", StringComparison.Ordinal));
    }

    [Fact]
    public void Scripts_get_one_object()
    {
        Assert.True(said.Json.GetProperty("passed").GetBoolean());
        Assert.True(said.Json.GetProperty("gflops").GetDouble() > 0);
        var operations = said.Json.GetProperty("operations").EnumerateArray().ToArray();
        Assert.True(operations.Length >= 20, $"{operations.Length} operations");
        Assert.All(operations, operation => Assert
            .True(operation.GetProperty("passed").GetBoolean() && operation.GetProperty("error").GetDouble() >= 0));
    }

    [Fact]
    public async Task Ffmpeg_is_named_or_its_absence()
    {
        using var scene = new Scene();
        var without = (await Evs.RunProcess(scene.Path, ["doctor", "--json"], searchPath: "")).Json();
        Assert.Contains("not found", without.GetProperty("facts").GetProperty("ffmpeg").GetString(), StringComparison.Ordinal);
        Ffmpeg.Need();
        Assert.Equal(FfmpegTools.Find().Version, said.Json.GetProperty("facts").GetProperty("ffmpeg").GetString());
    }

    /// <summary>Asked once for people, of one thread, and once for scripts, of all: the self-test takes seconds.</summary>
    public sealed class Said
    {
        public string Text { get; } = Evs.Run("doctor", "--threads", "1").Text();

        public JsonElement Json { get; } = Evs.Run("doctor", "--json").Json();
    }
}
