using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>
/// Has the names in a folder written to the disk: on Unix a new name is safe only when its folder has been flushed, and the framework opens
/// no folders. Windows writes names down by itself. Source: fsync(2).
/// </summary>
internal static partial class FolderFlush
{
    private const int InputOutputError = 5, NoSpace = 28, QuotaLinux = 122, QuotaMac = 69;

    /// <summary>
    /// A folder that cannot be opened, or a file system that flushes no folders, is left as it is; a failing or full disk is told.
    /// </summary>
    /// <exception cref="IOException">the disk failed</exception>
    public static void Do(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            int folder = Open(path, flags: 0);
            if (folder < 0) return;
            int error = Flush(folder) == 0 ? 0 : Marshal.GetLastPInvokeError();
            _ = Close(folder);
            if (error is InputOutputError or NoSpace or QuotaLinux or QuotaMac)
                throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'", error);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A Unix without this name for its library: names reach the disk when the system thinks fit.
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
