namespace EvsNative.Layers;

/// <summary>Turns the system's complaints about files into one line: what is wrong, where, what to do.</summary>
internal static class StorageFault
{
    private const int NoSpaceUnix = 28, QuotaUnix = 122, ReadOnlyUnix = 30;
    private const int NoSpaceWindows = unchecked((int)0x80070070), HandleFullWindows = unchecked((int)0x80070027);

    /// <summary>Whether an exception is one that a disk, a path or its permissions cause.</summary>
    public static bool Is(Exception e) =>
        e is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException || IsTooLong(e);

    /// <summary>The line for a failed write.</summary>
    /// <param name="e">what the system said</param>
    /// <param name="path">the file or folder that the user asked for, not the temporary one</param>
    public static InputException Writing(Exception e, string path)
    {
        return e switch
        {
            IOException { HResult: NoSpaceUnix or QuotaUnix or NoSpaceWindows or HandleFullWindows } => DiskFull(path, e),
            IOException { HResult: ReadOnlyUnix } => Because("the file system is read-only: choose another place"),
            UnauthorizedAccessException => Because("permission denied: choose a folder that you may write to"),
            DirectoryNotFoundException => Because("its folder does not exist: create it first"),
            PathTooLongException => Because("the name is too long: choose a shorter one"),
            _ when IsTooLong(e) => Because("the file is larger than the disk or 'ulimit -f' allows: raise it or choose another place"),
            _ => Because($"{OneLine(e.Message)}: choose another place"),
        };

        InputException Because(string reason) => new(InputCode.NotWritable, $"cannot write {path}: {reason}", cause: e);
    }

    /// <summary>What the framework makes of EFBIG, a file beyond the largest size.</summary>
    private static bool IsTooLong(Exception e) => e is ArgumentOutOfRangeException { ParamName: "value" };

    /// <summary>The line for a failed read.</summary>
    public static InputException Reading(Exception e, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => Missing(path),
        UnauthorizedAccessException =>
            new InputException(
                InputCode.Unreadable, $"cannot read {path}: permission denied: make it readable or choose another", cause: e),
        _ => new InputException(InputCode.Unreadable, $"cannot read {path}: {OneLine(e.Message)}", cause: e),
    };

    /// <summary>The line for a full disk.</summary>
    public static InputException DiskFull(string path, Exception? cause = null) => new(
        InputCode.DiskFull, $"cannot write {path}: the disk is full: free some space or choose another place; nothing was left behind",
        cause: cause);

    /// <summary>The line for a name behind which there is nothing.</summary>
    public static InputException Missing(string path) => path == "-"
        ? new(InputCode.WrongKind, "- would be the standard input, which cannot be read twice: give an ordinary file")
        : new(InputCode.NotFound, $"there is no file or folder {path}: check the name");

    private static string OneLine(string text) => InputText.OneLine(text).TrimEnd('.');
}
