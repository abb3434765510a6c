namespace EvsNative.Layers;

/// <summary>
/// A file that appears whole or not at all: written in a temporary folder beside its place, flushed to the disk, and given its name in one
/// step when it is done. Leaving without <see cref="Commit"/> deletes the temporary and keeps what was there.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private const string Taken = "already exists", Special = "is a pipe, a device or a socket", Folder = "is a folder";

    private readonly OutputPlace _place;
    private readonly bool _force;
    private readonly Workshop _workshop;
    private readonly List<Notice> _notices = [];
    private bool _isFlushed;

    /// <summary>Starts a file.</summary>
    /// <param name="path">its place, as messages name it</param>
    /// <param name="force">replace a file that is there</param>
    /// <param name="wasAsked">
    /// the place was free when <see cref="CheckWritable"/> was asked, before the work: if it no longer is, the file gets another name
    /// </param>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public PendingFile(string path, bool force, bool wasAsked = false)
    {
        (_place, _force) = (OutputPlace.Of(path), force);
        if (!wasAsked) Check(_place, force);
        _notices.AddRange(Leftovers.Sweep(_place, null));
        _workshop = Workshop.Open(_place);
    }

    /// <summary>Where to write.</summary>
    public string Temporary => _workshop.New;

    /// <summary>What was taken away beside the place, and whether the file got another name.</summary>
    public IReadOnlyList<Notice> Notices => _notices;

    /// <summary>
    /// Whether the place is free, or may be overwritten, and its folder can be written to: to be asked before any work is done.
    /// </summary>
    /// <exception cref="InputException">it is not</exception>
    public static void CheckWritable(string path, bool force)
    {
        var place = OutputPlace.Of(path);
        Check(place, force);
        Workshop.Open(place).Dispose();
    }

    /// <summary>Writes a whole file from memory.</summary>
    /// <returns>where it is</returns>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public static string WriteAll(string path, ReadOnlySpan<byte> content, bool force)
    {
        using var pending = new PendingFile(path, force);
        pending.Fill(content);
        return pending.Commit();
    }

    /// <summary>Writes the content, in place of what was written before.</summary>
    /// <exception cref="InputException">the disk is full or failed</exception>
    public void Fill(ReadOnlySpan<byte> content)
    {
        try
        {
            File.WriteAllBytes(Temporary, content);
            _isFlushed = false;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _place.Said);
        }
    }

    /// <summary>The same for content that is not in memory as a whole.</summary>
    /// <param name="write">writes all of it</param>
    /// <exception cref="InputException">the disk is full or failed</exception>
    public void Fill(Action<Stream> write)
    {
        try
        {
            using (var stream = File.Create(Temporary)) write(stream);
            _isFlushed = false;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _place.Said);
        }
    }

    /// <summary>The content is whole: flushes it. What can still fail after this is the naming.</summary>
    /// <exception cref="InputException">the disk is full or failed</exception>
    public void Finish()
    {
        if (_isFlushed) return;
        try
        {
            FileSteps.Current.FlushFile(Temporary);
            _isFlushed = true;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _place.Said);
        }
    }

    /// <summary>
    /// Puts the file in its place. Whether the place is free is part of the same step; if it is not, the file gets a free name beside it.
    /// </summary>
    /// <returns>where it is, in the words of its user</returns>
    /// <exception cref="InputException">the disk failed</exception>
    public string Commit()
    {
        Finish();
        try
        {
            return Placement.Settle(_place, Temporary, Take, hasEnding: true, _notices).Said;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _place.Said);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workshop.Dispose();

    private static void Check(OutputPlace place, bool force)
    {
        string path = place.Said;
        if (Path.EndsInDirectorySeparator(path) || Directory.Exists(place.Target))
            throw new InputException(InputCode.WrongKind, $"cannot write {path}: it {Folder}: give a file name");
        if (SpecialFile.Is(place.Target))
            throw new InputException(InputCode.WrongKind, $"cannot replace {path}: it {Special}: give the name of an ordinary file");
        if (File.Exists(place.Target) && !force)
            throw new InputException(InputCode.Exists, $"{path} {Taken}: give another name, or --force to replace it");
    }

    private string? Take()
    {
        var steps = FileSteps.Current;
        bool isFree = !_force || !Rename.IsThere(_place.Target);
        if (!isFree || !steps.Place(Temporary, _place.Target))
        {
            if (!_force) return Taken;
            if (Directory.Exists(_place.Target)) return Folder;
            if (SpecialFile.Is(_place.Target)) return Special;
            steps.ReplaceFile(Temporary, _place.Target);
        }

        steps.FlushFolder(_place.Folder);
        return null;
    }
}
