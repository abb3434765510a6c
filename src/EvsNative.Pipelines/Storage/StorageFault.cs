using EvsNative.Layers;

namespace EvsNative.Pipelines.Storage;

/// <summary>Turns the system's complaints about files into one line: what is wrong, where, what to do.</summary>
internal static class StorageFault
{
    private const int NoSpaceUnix = 28, QuotaUnix = 122, ReadOnlyUnix = 30;
    private const int NoSpaceWindows = unchecked((int)0x80070070), HandleFullWindows = unchecked((int)0x80070027);

    /// <summary>Whether an exception is one that a disk, a path or its permissions cause.</summary>
    public static bool Is(Exception e) => e is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    /// <summary>The sentence for a failed write.</summary>
    /// <param name="e">what the system said</param>
    /// <param name="path">the file or folder that the user asked for, not the temporary one</param>
    public static InputException Writing(Exception e, string path) => e switch
    {
        IOException { HResult: NoSpaceUnix or QuotaUnix or NoSpaceWindows or HandleFullWindows } => DiskFull(path, e),
        IOException { HResult: ReadOnlyUnix } => new InputException($"Cannot write {path}: the file system is read-only. Choose another place with -o.", cause: e),
        UnauthorizedAccessException => new InputException($"Cannot write {path}: permission denied. Choose a folder that you may write to.", cause: e),
        DirectoryNotFoundException => new InputException($"Cannot write {path}: its folder does not exist. Create the folder first.", cause: e),
        PathTooLongException => new InputException($"Cannot write {path}: the name is too long. Choose a shorter one.", cause: e),
        _ => new InputException($"Cannot write {path}: {OneLine(e.Message)} Choose another place with -o.", cause: e),
    };

    /// <summary>The sentence for a failed read.</summary>
    public static InputException Reading(Exception e, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => Missing(path),
        UnauthorizedAccessException => new InputException($"Cannot read {path}: permission denied. Make it readable or choose another clip.", cause: e),
        _ => new InputException($"Cannot read {path}: {OneLine(e.Message)}", cause: e),
    };

    public static InputException DiskFull(string path, Exception? cause = null) =>
        new($"Cannot write {path}: the disk is full. Free some space or choose another place; nothing was left behind.", cause: cause);

    public static InputException Missing(string path) => new($"There is no file or folder {path}. Check the name.");

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
