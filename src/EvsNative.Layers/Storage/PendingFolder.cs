namespace EvsNative.Layers;

/// <summary>
/// A folder that appears whole or not at all. What stands in its place is only ever replaced when it is empty, or when it holds nothing but
/// what the program itself puts there and the caller insists: a folder of somebody's other work is never touched.
/// </summary>
internal sealed class PendingFolder : IDisposable
{
    private readonly string _path, _target;
    private readonly bool _force;
    private readonly FolderContent _content;

    /// <summary>Starts a folder.</summary>
    /// <param name="path">its place, as messages name it</param>
    /// <param name="force">replace what is there, if it is of the same kind</param>
    /// <param name="content">the kind</param>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public PendingFolder(string path, bool force, FolderContent content)
    {
        CheckWritable(path, force, content);
        (_path, _target, _force, _content) = (path, Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), force, content);
        Temporary = PendingFile.TemporaryName(_target);
        try
        {
            Directory.CreateDirectory(Temporary);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }
    }

    /// <summary>Where to write.</summary>
    public string Temporary { get; }

    /// <summary>
    /// Whether the place is free, or may be replaced, and the folder above it can be written to: to be asked before any work is done.
    /// </summary>
    /// <exception cref="InputException">it is not</exception>
    public static void CheckWritable(string path, bool force, FolderContent content)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full))
        {
            throw new InputException(
                InputCode.WrongKind,
                $"cannot write a folder of {content.Word} to {path}: it is a file: give the name of a folder{content.Alternative}");
        }

        if (Path.GetDirectoryName(full) is null)
            throw new InputException(
                InputCode.WrongKind, $"cannot replace {path}: it is the root of a disk: give the name of a new folder");
        try
        {
            if (Directory.Exists(full)) CheckReplaceable(full, path, force, content);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }

        PendingFile.ProveWritable(full);
    }

    /// <summary>
    /// Puts the folder in its place. What stood there is moved aside and looked through again: what has come into it since the check is put
    /// back with all the rest.
    /// </summary>
    /// <exception cref="InputException">the place may no longer be replaced, or the disk failed</exception>
    public void Commit()
    {
        var steps = FileSteps.Current;
        try
        {
            FlushAll(steps, Temporary);
            string? old = Directory.Exists(_target) ? PendingFile.TemporaryName(_target) : null;
            if (old is not null) steps.MoveFolder(_target, old);
            bool isPlaced = false;
            try
            {
                if (old is not null) CheckReplaceable(old, _path, _force, _content);
                steps.MoveFolder(Temporary, _target);
                isPlaced = true;
                steps.FlushFolder(Path.GetDirectoryName(_target)!);
            }
            catch
            {
                PutBack(old, isPlaced);
                throw;
            }

            if (old is not null) steps.DeleteFolder(old);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            if (Directory.Exists(Temporary)) Directory.Delete(Temporary, recursive: true);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // A disk that is gone; the error that led here says more.
        }
    }

    private static void FlushAll(FileSteps steps, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) steps.FlushFile(file);
        foreach (string inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) steps.FlushFolder(inner);
        steps.FlushFolder(folder);
    }

    private static void CheckReplaceable(string full, string path, bool force, FolderContent content)
    {
        string? stranger = null;
        bool isEmpty = true;
        foreach (string entry in Directory.EnumerateFileSystemEntries(full))
        {
            isEmpty = false;
            if (!content.IsOurs(entry)) stranger = Path.GetFileName(entry);
        }

        if (stranger is not null)
        {
            throw new InputException(
                InputCode.Exists, $"{path} holds more than {content.Word} ({stranger}) and is not replaced: give the name of a new folder");
        }

        if (!isEmpty && !force)
            throw new InputException(
                InputCode.Exists, $"{path} already holds {content.Word}: give another name, or --force to replace them");
    }

    /// <summary>Somebody may have taken the place meanwhile; then at least it is said where the old folder is.</summary>
    private void PutBack(string? old, bool isPlaced)
    {
        try
        {
            if (isPlaced) Directory.Move(_target, Temporary);
            if (old is not null) Directory.Move(old, _target);
        }
        catch (Exception e) when (old is not null && StorageFault.Is(e))
        {
            throw new InputException(
                InputCode.NotWritable, $"cannot write {_path}: what stood there is now in {old}: move it back by hand", cause: e);
        }
    }
}
