namespace EvsNative.Layers;

/// <summary>
/// A file that appears whole or not at all: written under a temporary name beside its place, flushed to the disk, and renamed when it is
/// done. Leaving without <see cref="Commit"/> deletes the temporary and keeps what was there.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _path, _target;
    private readonly bool _force;

    /// <summary>Starts a file.</summary>
    /// <param name="path">its place, as messages name it</param>
    /// <param name="force">replace a file that is there</param>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public PendingFile(string path, bool force)
    {
        CheckWritable(path, force);
        (_path, _target, _force) = (path, Path.GetFullPath(path), force);
        Temporary = TemporaryName(_target);
    }

    /// <summary>Where to write.</summary>
    public string Temporary { get; }

    /// <summary>
    /// Whether the place is free, or may be overwritten, and its folder can be written to: to be asked before any work is done.
    /// </summary>
    /// <exception cref="InputException">it is not</exception>
    public static void CheckWritable(string path, bool force)
    {
        if (Directory.Exists(path)) throw new InputException(InputCode.WrongKind, $"cannot write {path}: it is a folder: give a file name");
        if (File.Exists(path) && !force) throw Taken(path);
        ProveWritable(path);
    }

    /// <summary>
    /// Writes and deletes an empty file in the folder of a path: permissions, quotas and read-only disks have no other honest test.
    /// </summary>
    /// <exception cref="InputException">nothing can be written there</exception>
    public static void ProveWritable(string path)
    {
        try
        {
            string probe = TemporaryName(Path.GetFullPath(path));
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }
    }

    /// <summary>".name.1f3a5b7c.tmp" in the same folder.</summary>
    public static string TemporaryName(string target) =>
        Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Random.Shared.Next():x8}.tmp");

    /// <summary>Writes a whole file from memory.</summary>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public static void WriteAll(string path, ReadOnlySpan<byte> content, bool force)
    {
        using var pending = new PendingFile(path, force);
        try
        {
            File.WriteAllBytes(pending.Temporary, content);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }

        pending.Commit();
    }

    /// <summary>Puts the file in its place. Whether the place is free is part of the same step.</summary>
    /// <exception cref="InputException">something has come there meanwhile, or the disk failed</exception>
    public void Commit()
    {
        var steps = FileSteps.Current;
        try
        {
            steps.FlushFile(Temporary);
            steps.MoveFile(Temporary, _target, _force);
            steps.FlushFolder(Path.GetDirectoryName(_target)!);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw !_force && File.Exists(Temporary) && Path.Exists(_target) ? Taken(_path) : StorageFault.Writing(e, _path);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            File.Delete(Temporary);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            // A disk that is gone; the error that led here says more.
        }
    }

    private static InputException Taken(string path) =>
        new(InputCode.Exists, $"{path} already exists: give another name, or --force to replace it");
}
