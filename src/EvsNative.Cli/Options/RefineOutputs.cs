using System.Globalization;
using EvsNative.Cli.Report;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Runs;
using EvsNative.Pipelines.Settings;
using EvsNative.Pipelines.Work;

namespace EvsNative.Cli;

/// <summary>What <c>refine</c> writes where.</summary>
/// <param name="Clip">the frames</param>
/// <param name="Page">the page to compare, if wanted</param>
/// <param name="Numbers">the summary as JSON, if wanted</param>
/// <param name="Force">replace what is already there</param>
internal sealed record RefineOutputs(string Clip, string? Page, string? Numbers, bool Force)
{
    private const string DemoFolder = "evsnative-demo";

    /// <summary>No clip that is worth a run is compressed to less than this part of its raw frames.</summary>
    private const int MostCompression = 32;

    /// <summary>Every path, in the order in which they take their places.</summary>
    public IReadOnlyList<string> All => [.. new[] { Clip, Page, Numbers }.OfType<string>()];

    /// <summary>What is read, which no output may be.</summary>
    public IReadOnlyList<string> Inputs { get; private init; } = [];

    /// <summary>What was chosen beside all this.</summary>
    private Choices Choices { get; init; } = new();

    /// <summary>How the clip is written.</summary>
    public OutputStyle Style { get; private init; } = OutputStyle.Usual;

    /// <summary>Whether the user named the clip's place.</summary>
    private bool IsNamed { get; init; } = true;

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

        var style = request.Style;
        // Of a pattern of frames' names it is the folder that is written.
        if (output is not null) output = OutputTarget.Of(output, style).Place;
        string[] models = [.. new[] { request.Model, request.Motion }.OfType<string>()];
        if (request.Demo is { } demo)
        {
            string made = output ?? DemoFolder + OutputNames.Ending(isFolder: true, style);
            return OfDemo(made, page, force) with { Inputs = [demo.Folder, .. models], Style = style, Choices = request.Choices };
        }

        if (request.Input is not { } input) throw new InputException(InputCode.NotGiven, RefineRequest.NoClip);
        var place = ClipPlace.Of(input);
        return new RefineOutputs(output ?? OutputNames.Beside(place.Path, place.IsFolder, style), page, null, force)
        {
            Choices = request.Choices,
            Inputs = [.. place.Files, .. models],
            IsNamed = output is not null,
            Style = style,
        };
    }

    private static RefineOutputs OfDemo(string output, string? page, bool force)
    {
        if (!OutputNames.IsFolder(output)) return new RefineOutputs(output, page ?? Path.ChangeExtension(output, ".html"), null, force);
        string frames = Path.Combine(output, "frames"), numbers = Path.Combine(output, "numbers.json");
        return new RefineOutputs(frames, page ?? Path.Combine(output, "compare.html"), numbers, force);
    }

    /// <summary>
    /// Finds out now what would fail after an hour's work, takes away what killed runs left, and makes the demo's folder. Disposing takes
    /// that away again if nothing came into it.
    /// </summary>
    /// <param name="say">told what was taken away</param>
    /// <exception cref="InputException">a place is taken or cannot be written</exception>
    public IDisposable Prepare(Action<Notice> say)
    {
        var made = new MadeFolder(Numbers is null ? null : Path.GetDirectoryName(Path.GetFullPath(Numbers)));
        try
        {
            foreach (string path in All) RequireParent(path);
            OutputConflicts.Check(this);
            bool isFolder = OutputTarget.Of(Clip, Style).Container is null;
            var swept = All.SelectMany(path => Leftovers.Sweep(path, path == Clip && isFolder ? PngFolder.Content : null));
            foreach (var notice in swept) say(notice);
            if (FinishedRun.Sweep(RunWork.FolderOf(Choices, Clip)) is { } finished) say(finished);
            CheckClip();
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

    /// <summary>Holds what is free on the disk against what the clip may need.</summary>
    /// <param name="format">the clip's</param>
    /// <param name="frames">how many</param>
    /// <param name="say">told where it may not suffice</param>
    /// <exception cref="InputException">it cannot suffice</exception>
    public void CheckSpace(VideoFormat format, int frames, Action<Notice> say)
    {
        long raw = (long)format.FrameBytes * frames;
        if (FileSteps.Current.FreeBytes(OutputPlace.Of(Clip).Folder) is not { } free || free >= raw) return;
        string clip = $"{frames} frames of {format.Width}x{format.Height}";
        string need = $"{Megabytes(free)} MB are free there, and {clip} have {Megabytes(raw)} MB";
        if (free < raw / MostCompression)
        {
            throw new InputException(
                InputCode.DiskFull, $"cannot write {Clip}: the disk is full: {need} before they are compressed: free some space first");
        }

        say(new Notice(NoticeCode.LittleSpace, $"{Clip} may find the disk full: {need} before they are compressed"));
    }

    /// <summary>A user's missing folder is more likely a slip of the pen than a wish.</summary>
    private static void RequireParent(string path)
    {
        string parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) ?? "";
        if (parent.Length > 0 && !Directory.Exists(parent))
        {
            throw new InputException(
                InputCode.NotWritable, $"cannot write {path}: there is no folder {parent}; create it or give another name");
        }
    }

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    private void CheckClip()
    {
        try
        {
            FrameFiles.CheckWritable(Clip, Force, Style);
        }
        catch (InputException e) when (!IsNamed && e.Code == InputCode.NotWritable)
        {
            throw new InputException(e.Code, $"the result cannot lie beside the clip: name its place with -o ({e.Message})", cause: e);
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
