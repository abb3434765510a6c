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

    /// <summary>Gives a file its name, in one step: where nothing may be replaced and something is there, it fails.</summary>
    public virtual void MoveFile(string from, string to, bool replaces) => File.Move(from, to, replaces);

    /// <summary>Gives a folder its name; fails where something is there.</summary>
    public virtual void MoveFolder(string from, string to) => Directory.Move(from, to);

    /// <summary>Deletes a folder with all that is in it.</summary>
    public virtual void DeleteFolder(string path) => Directory.Delete(path, recursive: true);
}
