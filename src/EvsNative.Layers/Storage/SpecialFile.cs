using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>
/// Tells pipes, devices and sockets from ordinary files; the framework calls them all files. Source: statx(2), whose structure is the same
/// on every processor. Elsewhere than on Linux nothing is called special.
/// </summary>
internal static partial class SpecialFile
{
    private const int CurrentFolder = -100, FollowLinks = 0, TypeOnly = 1, StructureBytes = 256, ModeOffset = 28;
    private const int TypeMask = 0xF000, Ordinary = 0x8000, Folder = 0x4000;

    /// <summary>Whether a path leads to something that is neither a file nor a folder. False where there is nothing.</summary>
    public static unsafe bool Is(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        byte* facts = stackalloc byte[StructureBytes];
        try
        {
            if (StatX(CurrentFolder, path, FollowLinks, TypeOnly, facts) != 0) return false;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library older than the call.
            return false;
        }

        return (*(ushort*)(facts + ModeOffset) & TypeMask) is not (Ordinary or Folder);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* facts);
}
