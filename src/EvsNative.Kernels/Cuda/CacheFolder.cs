using System.Runtime.InteropServices;
using System.Text;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Whether a folder of machine code is the user's alone. What lies there runs on the GPU, and a hash in a file says that the file is whole,
/// not who made it: who can write to the folder could have anything run.
/// </summary>
internal static unsafe partial class CacheFolder
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Of Linux's statx, whose layout is the same on all processors: AT_FDCWD, STATX_UID, its bytes, and where in them the owner stands.
    private const int CurrentFolder = -100, AskOwner = 8, StatusBytes = 256, OwnerAt = 20;

    /// <summary>True if the folder is the user's alone, or is not there yet.</summary>
    public static bool IsTrusted(string folder) => Objection(folder) is null;

    /// <summary>Why nothing is read from a folder nor kept there, in one line; null if it may be used.</summary>
    public static string? Objection(string folder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder)) return null;
        const string Remedy = "machine code is not kept there; change that (chmod go-w), or name another folder with EVSNATIVE_CACHE";
        try
        {
            if ((File.GetUnixFileMode(folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                return $"others may write to {folder}: {Remedy}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // nothing can be read there either
        }

        return OwnerOf(folder) is { } owner && owner != EffectiveUser() ? $"{folder} belongs to another user: {Remedy}" : null;
    }

    /// <summary>Makes the folder if it is not there, for nobody else to write to.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnersOnly);
    }

    /// <summary>The number of the user that a folder belongs to; null where the system does not tell.</summary>
    private static uint? OwnerOf(string folder)
    {
        if (!OperatingSystem.IsLinux()) return null;
        byte* status = stackalloc byte[StatusBytes];
        try
        {
            fixed (byte* path = Encoding.UTF8.GetBytes(folder + '\0'))
                return Status(CurrentFolder, path, 0, AskOwner, status) == 0 ? *(uint*)(status + OwnerAt) : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library from before 2018
        }
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int Status(int folder, byte* path, int flags, uint what, byte* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
