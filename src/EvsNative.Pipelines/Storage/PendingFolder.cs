using EvsNative.Layers;

namespace EvsNative.Pipelines.Storage;

/// <summary>
/// A folder that appears whole or not at all. What stands in its place is only ever replaced when it is empty, or when it holds nothing but
/// what the program itself puts there and the caller insists: a folder of somebody's other work is never touched.
/// </summary>
internal sealed class PendingFolder : IDisposable
{
    public PendingFolder(string path, bool force, FolderContent content)
    {
        CheckWritable(path, force, content);
        Target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        Temporary = PendingFile.TemporaryName(Target);
        try
        {
            Directory.CreateDirectory(Temporary);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }
    }

    public string Target { get; }

    public string Temporary { get; }

    /// <summary>Whether the place is free, or may be replaced, and the folder above it can be written to.</summary>
    /// <exception cref="InputException">it is not</exception>
    public static void CheckWritable(string path, bool force, FolderContent content)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (File.Exists(full))
            throw new InputException($"Cannot write a folder of {content.Word} to {path}: it is a file. Give the name of a folder{content.Alternative}.");
        if (Directory.Exists(full)) CheckReplaceable(full, path, force, content);
        if (Path.GetDirectoryName(full) is null)
            throw new InputException($"Cannot replace {path}: it is the root of a disk. Give the name of a new folder.");
        PendingFile.ProveWritable(full);
    }

    /// <summary>Puts the folder in its place.</summary>
    public void Commit()
    {
        try
        {
            string? old = null;
            if (Directory.Exists(Target)) Directory.Move(Target, old = PendingFile.TemporaryName(Target));
            try
            {
                Directory.Move(Temporary, Target);
            }
            catch when (old is not null)
            {
                Directory.Move(old, Target);
                throw;
            }

            if (old is not null) Directory.Delete(old, recursive: true);
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, Target);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Temporary)) Directory.Delete(Temporary, recursive: true);
    }

    private static void CheckReplaceable(string full, string path, bool force, FolderContent content)
    {
        string? stranger = null;
        bool any = false;
        try
        {
            foreach (string entry in Directory.EnumerateFileSystemEntries(full))
            {
                any = true;
                if (!content.IsOurs(entry)) stranger = Path.GetFileName(entry);
            }
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, path);
        }

        if (stranger is not null)
            throw new InputException($"{path} holds more than {content.Word} ({stranger}) and is not replaced. Give the name of a new folder.");
        if (any && !force) throw new InputException($"{path} already holds {content.Word}. Give another name, or --force to replace them.");
    }
}
