namespace EvsNative.Layers;

/// <summary>
/// A lock that ends with its process, however that ends: an open file that nobody else may open. On Unix such locks bind those who ask,
/// which is enough among runs of one program.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Makes the file and locks it; null if somebody was faster, with the file or with deleting its folder.</summary>
    /// <exception cref="IOException">it cannot be made</exception>
    public static FileLock? Create(string path)
    {
        try
        {
            return new FileLock(Open(path, FileMode.CreateNew));
        }
        catch (IOException e) when (e is DirectoryNotFoundException || File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Locks a file that is there; null if somebody has it locked, or if this file system keeps no locks.</summary>
    public static FileLock? Take(string path)
    {
        try
        {
            var file = Open(path, FileMode.Open);
            if (HoldsOff(path)) return new FileLock(file);
            file.Dispose();
            return null;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>On a file system without locks a file can be opened twice, and a lock that was got would prove nothing.</summary>
    private static bool HoldsOff(string path)
    {
        try
        {
            Open(path, FileMode.Open).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
}
