using System.CommandLine;
using EvsNative.Cli.Report;
using EvsNative.Cli.Video;
using EvsNative.Layers;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary><c>evsnative refine</c>: a weak clip in, a sharp and steady one out.</summary>
internal static class RefineCommand
{
    private const string DemoOutput = "evsnative-demo";

    public static Command Create(CancellationToken stop)
    {
        var options = new RefineOptions();
        var output = new Option<string?>("--output", "-o") { Description = "an .mp4 file or a folder of PNG frames; beside the clip unless given" };
        var report = new Option<string?>("--report") { Description = "an HTML page that shows the clip before and after" };
        var force = new Option<bool>("--force") { Description = "replace what is already there" };
        var json = new Option<bool>("--json") { Description = "for scripts: one JSON object on the output, no progress bar" };
        var command = new Command("refine", "Refines a clip.") { output, report, force, json };
        options.AddTo(command);
        command.SetAction(said =>
        {
            var request = options.Read(said);
            return Run(request, Outputs.Of(request, said.GetValue(output), said.GetValue(report)), said.GetValue(force), said.GetValue(json), stop);
        });
        return command;
    }

    private static int Run(RefineRequest request, Outputs outputs, bool force, bool json, CancellationToken stop)
    {
        outputs.CheckWritable(force);
        var result = new RefineRun(request).Do(json, stop);
        var summary = result.Summary with { Written = outputs.All, Output = result.Summary.Output with { Path = outputs.Clip } };

        ClipFile.Write(outputs.Clip, result.After, force, stop);
        if (outputs.Page is { } page) ComparePage.Write(page, result.Before, result.After, summary, force);
        if (outputs.Numbers is { } numbers) PendingFile.WriteAll(numbers, System.Text.Encoding.UTF8.GetBytes(summary.ToJson()), force);

        if (json) Console.Out.WriteLine(summary.ToJson());
        else RunTable.Print(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }), summary);
        return 0;
    }

    /// <summary>What is written where.</summary>
    /// <param name="Clip">the frames</param>
    /// <param name="Page">the page to compare, if wanted</param>
    /// <param name="Numbers">the summary as JSON, if wanted</param>
    private sealed record Outputs(string Clip, string? Page, string? Numbers)
    {
        public IReadOnlyList<string> All => [.. new[] { Clip, Page, Numbers }.OfType<string>()];

        public static Outputs Of(RefineRequest request, string? output, string? report)
        {
            if (request.Demo is not null)
            {
                string folder = output ?? DemoOutput;
                if (Path.HasExtension(folder)) return new Outputs(folder, report ?? Path.ChangeExtension(folder, ".html"), null);
                return new Outputs(Path.Combine(folder, "frames"), report ?? Path.Combine(folder, "compare.html"), Path.Combine(folder, "numbers.json"));
            }

            if (output is not null) return new Outputs(output, report, null);
            if (request.Input is null) throw new InputException("no clip: name a video or a folder of PNG frames, or use --demo");
            string stem = Path.TrimEndingDirectorySeparator(request.Input);
            return new Outputs(Directory.Exists(stem) ? $"{stem}-evs" : Path.ChangeExtension(stem, null) + "-evs.mp4", report, null);
        }

        /// <summary>Finds out now what would fail after an hour's work.</summary>
        public void CheckWritable(bool force)
        {
            foreach (string path in All.Where(path => Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent)))
                CreateParent(path);
            ClipFile.CheckWritable(Clip, force);
            if (Page is not null) ComparePage.CheckWritable(Page, force);
            if (Numbers is not null) PendingFile.CheckWritable(Numbers, force);
        }

        private void CreateParent(string path)
        {
            // Only the demo's own folder is made; a user's missing folder is more likely a slip of the pen.
            string parent = Path.GetDirectoryName(Path.GetFullPath(path))!;
            if (Numbers is null || !Directory.Exists(Path.GetDirectoryName(parent)))
                throw new InputException($"cannot write {path}: there is no folder {parent}; create it or give another --output");
            try
            {
                Directory.CreateDirectory(parent);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"cannot write {path}: {e.Message}", cause: e);
            }
        }
    }
}
