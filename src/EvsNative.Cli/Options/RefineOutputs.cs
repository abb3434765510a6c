using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Cli;

/// <summary>What <c>refine</c> writes where.</summary>
/// <param name="Clip">the frames</param>
/// <param name="Page">the page to compare, if wanted</param>
/// <param name="Numbers">the summary as JSON, if wanted</param>
/// <param name="Force">replace what is already there</param>
internal sealed record RefineOutputs(string Clip, string? Page, string? Numbers, bool Force)
{
    private const string DemoFolder = "evsnative-demo";

    /// <summary>Every path, in the order of writing.</summary>
    public IReadOnlyList<string> All => [.. new[] { Clip, Page, Numbers }.OfType<string>()];

    /// <summary>From what was said; the demo fills a folder of its own, other clips are put beside what they were made from.</summary>
    /// <exception cref="InputException">there is no clip to put it beside</exception>
    public static RefineOutputs Of(RefineRequest request)
    {
        string? output = request.Choices.Get(OutputSettings.Output), page = request.Choices.Get(OutputSettings.Report);
        bool force = request.Choices.Get(OutputSettings.Force) == true;
        if (string.IsNullOrWhiteSpace(output ?? "-") || string.IsNullOrWhiteSpace(page ?? "-"))
        {
            throw new InputException(
                InputCode.NotGiven, "the name of an output is empty: give --output and --report a name or leave them out");
        }

        if (request.Demo is not null)
        {
            string folder = output ?? DemoFolder;
            if (Path.HasExtension(folder)) return new RefineOutputs(folder, page ?? Path.ChangeExtension(folder, ".html"), null, force);
            page ??= Path.Combine(folder, "compare.html");
            return new RefineOutputs(Path.Combine(folder, "frames"), page, Path.Combine(folder, "numbers.json"), force);
        }

        if (request.Input is not { } input) throw new InputException(InputCode.NotGiven, RefineRequest.NoClip);
        bool isFolder = Directory.Exists(input);
        if (!isFolder && !File.Exists(input)) throw StorageFault.Missing(input);
        if (output is not null) return new RefineOutputs(output, page, null, force);
        string stem = Path.TrimEndingDirectorySeparator(input);
        // The name of "." and its like is known only in full.
        if (Path.GetFileName(stem).Trim('.').Length == 0) stem = Path.GetFullPath(stem);
        return new RefineOutputs(isFolder ? $"{stem}-evs" : Path.ChangeExtension(stem, null) + "-evs.mp4", page, null, force);
    }

    /// <summary>
    /// Finds out now what would fail after an hour's work, and makes the demo's folder. Disposing takes the folder away again if nothing
    /// came into it.
    /// </summary>
    /// <exception cref="InputException">a place is taken or cannot be written</exception>
    public IDisposable Prepare()
    {
        if (All.Select(Path.GetFullPath).Distinct().Count() < All.Count)
            throw new InputException(InputCode.Conflict, $"the clip and the page have one name, {Clip}: give --report another");
        var made = new MadeFolder(Numbers is null ? null : Path.GetDirectoryName(Path.GetFullPath(Numbers)));
        try
        {
            foreach (string path in All) RequireParent(path);
            FrameFiles.CheckWritable(Clip, Force);
            if (Page is not null) ComparePage.CheckWritable(Page, Force);
            if (Numbers is not null) PendingFile.CheckWritable(Numbers, Force);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>A user's missing folder is more likely a slip of the pen than a wish.</summary>
    private static void RequireParent(string path)
    {
        string parent = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        if (parent.Length > 0 && !Directory.Exists(parent))
        {
            throw new InputException(
                InputCode.NotWritable, $"cannot write {path}: there is no folder {parent}; create it or give another name");
        }
    }

    /// <summary>A folder that goes if it stays empty.</summary>
    private sealed class MadeFolder : IDisposable
    {
        private readonly string? _made;

        public MadeFolder(string? path)
        {
            if (path is null || Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path))) return;
            try
            {
                Directory.CreateDirectory(path);
                _made = path;
            }
            catch (Exception e) when (StorageFault.Is(e))
            {
                throw StorageFault.Writing(e, path);
            }
        }

        public void Dispose()
        {
            if (_made is not null && Directory.Exists(_made) && !Directory.EnumerateFileSystemEntries(_made).Any()) Directory.Delete(_made);
        }
    }
}
