using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using EvsNative.Testing;

namespace EvsNative.Pipelines.Tests;

/// <summary>The example of docs/library.md: it is what stands there, it compiles, and it runs.</summary>
public sealed class LibrarySample : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_runs()
    {
        FrameFiles.Write(_folder["in"], TestVideos.Smooth(2, 16, 16));
        var summary = Refine(_folder["in"], Repository.File("weights", "evs-tiny"), _folder["out"], TestContext.Current.CancellationToken);
        Assert.Equal((2, 32, 32), (summary.Output.Frames, summary.Output.Width, summary.Output.Height));
        Assert.Equal(2, FrameFiles.Read(_folder["out"]).Count);
    }

    [Fact]
    public void It_is_what_the_page_shows()
    {
        string page = File.ReadAllText(Repository.File("docs", "library.md")), here = File.ReadAllText(SourceFile());
        string program = page.Split("```csharp\n")[1].Split("```")[0];
        string shown = program[program.IndexOf("static", StringComparison.Ordinal)..];
        string indented = string.Concat(shown.Split('\n')[..^1].Select(line => $"    {line}\n"));
        Assert.Contains(indented.Replace("    static", "    private static", StringComparison.Ordinal), here, StringComparison.Ordinal);
    }

    private static string SourceFile() => Repository.File("tests", "EvsNative.Pipelines.Tests", "LibrarySample.cs");

    private static RunSummary Refine(string clip, string model, string output, CancellationToken stop)
    {
        var choices = new Choices().With(ClipSettings.Clip, clip)
            .With(ClipSettings.Prompt, "a red balloon").With(ModelSettings.Model, model);
        var run = new RefineRun(new RefineRequest(choices)) { OnWarning = Console.Error.WriteLine };
        var summary = run.Write(output, stop: stop);
        Console.WriteLine($"{summary.Output.Path}: flicker {summary.Before.Flicker:F2} -> {summary.After.Flicker:F2}");
        return summary;
    }
}
