namespace EvsNative.Layers;

/// <summary>
/// The steps by which an output that is finished gets its place. They are methods of one object so that a test can watch their order and
/// let each of them fail.
/// </summary>
internal class FileSteps
{
    private static readonly AsyncLocal<FileSteps?> Substitute = new();
    private static readonly FileSteps Real = new();

    /// <summary>The system's, or a test's.</summary>
    public static FileSteps Current => Substitute.Value ?? Real;

    /// <summary>Puts a test's steps in the place of the system's, for the caller and what it starts.</summary>
    public static void Use(FileSteps? steps) => Substitute.Value = steps;

    /// <summary>Has a file's content written to the disk itself: a name in a folder may reach it before the bytes do.</summary>
    public virtual void FlushFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>The same for the names in a folder.</summary>
    public virtual void FlushFolder(string path) => FolderFlush.Do(path);

    /// <summary>Gives a file or a folder its name, in one step, unless something has it: false.</summary>
    public virtual bool Place(string from, string to) => Rename.ToFree(from, to);

    /// <summary>Gives a file the name of another one, which goes, in one step.</summary>
    public virtual void ReplaceFile(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Gives a folder the name of an empty one, in one step, unless something is in it: false.</summary>
    public virtual bool ReplaceEmptyFolder(string from, string to) => Rename.ToEmptyFolder(from, to);

    /// <summary>Lets two folders exchange their names, in one step; false where the system cannot.</summary>
    public virtual bool Exchange(string one, string other) => Rename.Exchange(one, other);

    /// <summary>Gives a folder another name; fails where something is there.</summary>
    public virtual void MoveFolder(string from, string to) => Directory.Move(from, to);

    /// <summary>Deletes a folder with all that is in it.</summary>
    public virtual void DeleteFolder(string path) => Directory.Delete(path, recursive: true);

    /// <summary>Deletes a temporary folder, whose lock is held.</summary>
    public virtual void Discard(string workshop, FileLock held) => Workshop.Delete(workshop, held);

    /// <summary>Bytes that this user may still write to the disk of a folder; null where nobody tells.</summary>
    public virtual long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (StorageFault.Is(e) || e is ArgumentException)
        {
            return null;
        }
    }
}
