using EvsNative.Layers;

namespace EvsNative.Pipelines.Storage;

/// <summary>
/// A file that appears whole or not at all: written under a temporary name beside its place and renamed when it is done. Leaving without
/// <see cref="Commit"/> deletes the temporary and keeps what was there.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private readonly bool _force;

    public PendingFile(string path, bool force)
    {
        CheckWritable(path, force);
        (Target, _force) = (Path.GetFullPath(path), force);
        Temporary = TemporaryName(Target);
    }

    public string Target { get; }

    public string Temporary { get; }

    /// <summary>Whether the place is free, or may be overwritten, and its folder can be written to.</summary>
    /// <exception cref="InputException">it is not</exception>
    public static void CheckWritable(string path, bool force)
    {
        if (Directory.Exists(path)) throw new InputException($"Cannot write {path}: it is a folder. Give a file name.");
        if (File.Exists(path) && !force) throw new InputException($"{path} already exists. Give another name, or --force to replace it.");
        ProveWritable(path);
    }

    /// <summary>Writes and deletes an empty file in the folder of a path: permissions, quotas and read-only disks have no other honest test.</summary>
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
    public static void WriteAll(string path, ReadOnlySpan<byte> content, bool force)
    {
        using var pending = new PendingFile(path, force);
        try
        {
            using (var file = File.Create(pending.Temporary))
                file.Write(content);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }

        pending.Commit();
    }

    /// <summary>Puts the file in its place.</summary>
    public void Commit()
    {
        try
        {
            File.Move(Temporary, Target, _force);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, Target);
        }
    }

    public void Dispose() => File.Delete(Temporary);
}
