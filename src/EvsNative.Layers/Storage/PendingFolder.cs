namespace EvsNative.Layers;

/// <summary>
/// A folder that appears whole or not at all. What stands in its place is only ever replaced when it is empty, or when it holds nothing but
/// what the program itself puts there and the caller insists: a folder of somebody's other work is never touched. Where the system can, the
/// old and the new one exchange their names in one step, and what came out is looked through: at every moment something whole is there.
/// </summary>
internal sealed class PendingFolder : IDisposable
{
    private readonly OutputPlace _place;
    private readonly FolderContent _content;
    private readonly bool _force, _replacesEmpty;
    private readonly Workshop _workshop;
    private readonly List<Notice> _notices = [];
    private bool _isFlushed;

    /// <summary>Starts a folder.</summary>
    /// <param name="path">its place, as messages name it</param>
    /// <param name="force">replace what is there, if it is of the same kind</param>
    /// <param name="content">the kind</param>
    /// <param name="wasAsked">
    /// the place could be had when <see cref="CheckWritable"/> was asked, before the work: if not any more, the folder gets another name
    /// </param>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public PendingFolder(string path, bool force, FolderContent content, bool wasAsked = false)
    {
        (_place, _force, _content) = (OutputPlace.Of(path), force, content);
        if (!wasAsked) Check(_place, force, content);
        _replacesEmpty = Directory.Exists(_place.Target);
        _notices.AddRange(Leftovers.Sweep(_place, content));
        _workshop = Workshop.Open(_place);
        try
        {
            Directory.CreateDirectory(Temporary);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            _workshop.Dispose();
            throw StorageFault.Writing(e, path);
        }
    }

    /// <summary>Where to write.</summary>
    public string Temporary => _workshop.New;

    /// <summary>What was taken away beside the place, and whether the folder got another name.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>
    /// Whether the place is free, or may be replaced, and the folder above it can be written to: to be asked before any work is done.
    /// </summary>
    /// <exception cref="InputException">it is not</exception>
    public static void CheckWritable(string path, bool force, FolderContent content)
    {
        var place = OutputPlace.Of(path);
        Check(place, force, content);
        Workshop.Open(place).Dispose();
    }

    /// <summary>The content is whole: flushes it. What can still fail after this is the naming.</summary>
    /// <exception cref="InputException">the disk is full or failed</exception>
    public void Finish()
    {
        if (_isFlushed) return;
        var steps = FileSteps.Current;
        try
        {
            foreach (string file in Directory.EnumerateFiles(Temporary, "*", SearchOption.AllDirectories)) steps.FlushFile(file);
            foreach (string inner in Directory.EnumerateDirectories(Temporary, "*", SearchOption.AllDirectories)) steps.FlushFolder(inner);
            steps.FlushFolder(Temporary);
            _isFlushed = true;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _place.Said);
        }
    }

    /// <summary>
    /// Puts the folder in its place. Whether that may be done is part of the same step, or found out after it and undone; the folder then
    /// gets a free name beside it.
    /// </summary>
    /// <returns>where it is, in the words of its user</returns>
    /// <exception cref="InputException">the disk failed</exception>
    public string Commit()
    {
        Finish();
        try
        {
            string said = Placement.Settle(_place, Temporary, Take, hasEnding: false, _notices).Said;
            DeleteOld();
            return said;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _place.Said);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workshop.Dispose();

    private static void Check(OutputPlace place, bool force, FolderContent content)
    {
        string path = place.Said;
        if (File.Exists(place.Target))
        {
            throw new InputException(
                InputCode.WrongKind,
                $"cannot write a folder of {content.Word} to {path}: it is a file: give the name of a folder{content.Alternative}");
        }

        if (!Directory.Exists(place.Target)) return;
        try
        {
            if (Use(place.Target) is { } use)
                throw new InputException(InputCode.WrongKind, $"cannot replace {path}: {use}: give the name of a new folder in it");
            if (content.Obstacle(place.Target, force) is { } found)
                throw new InputException(InputCode.Exists, $"{path} {found.What}: {found.Remedy}");
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }
    }

    /// <summary>What an empty folder is needed for all the same.</summary>
    private static string? Use(string folder)
    {
        if (PathFacts.Of(folder)?.IsMount == true) return "a disk is mounted there";
        return RealPath.AreOne(folder, Environment.CurrentDirectory) ? "it is the folder that you are in" : null;
    }

    private string? Take()
    {
        var steps = FileSteps.Current;
        bool isPlaced = !Rename.IsThere(_place.Target) && steps.Place(Temporary, _place.Target);
        if (!isPlaced && !Directory.Exists(_place.Target)) return "is a file";
        if (!isPlaced && _force) return Replace(steps);
        if (!isPlaced && !(_replacesEmpty && steps.ReplaceEmptyFolder(Temporary, _place.Target)))
            return _content.Obstacle(_place.Target, force: false)?.What ?? "already exists";
        steps.FlushFolder(_place.Folder);
        return null;
    }

    private string? Replace(FileSteps steps)
    {
        var swap = new FolderSwap(_workshop, _place);
        string? obstacle;
        try
        {
            obstacle = _content.Obstacle(_workshop.Aside, force: true)?.What;
            if (obstacle is null) steps.FlushFolder(_place.Folder);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            obstacle = $"could not be replaced ({InputText.OneLine(e.Message)})";
        }

        if (obstacle is not null) swap.Undo();
        return obstacle;
    }

    /// <summary>What cannot be deleted now, is so when the next run to this place looks for leftovers.</summary>
    private void DeleteOld()
    {
        try
        {
            if (!_workshop.Stays && Directory.Exists(_workshop.Aside)) FileSteps.Current.DeleteFolder(_workshop.Aside);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // The new one is in its place, which is what was asked for.
        }
    }
}
