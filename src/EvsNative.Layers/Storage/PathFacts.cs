using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>
/// What Linux knows of a name and the framework does not tell. Source: statx(2), whose structure is the same on every processor.
/// </summary>
/// <param name="Disk">which disk it is on</param>
/// <param name="Number">which of that disk's files or folders it is: names with the same two numbers lead to one thing</param>
/// <param name="IsSpecial">a pipe, a device or a socket: neither a file nor a folder</param>
/// <param name="IsMount">the folder where another disk is mounted, which cannot be renamed</param>
internal readonly partial record struct PathFacts(ulong Disk, ulong Number, bool IsSpecial, bool IsMount)
{
    private const int CurrentFolder = -100, FollowLinks = 0, TypeAndNumber = 0x101, StructureBytes = 256;
    private const int AttributesAt = 8, ModeAt = 28, NumberAt = 32, DiskAt = 136;
    private const int TypeMask = 0xF000, Ordinary = 0x8000, Folder = 0x4000;
    private const ulong MountRoot = 0x2000;

    /// <summary>The facts of what a path leads to; null where there is nothing, and elsewhere than on Linux.</summary>
    public static unsafe PathFacts? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        byte* facts = stackalloc byte[StructureBytes];
        try
        {
            if (StatX(CurrentFolder, path, FollowLinks, TypeAndNumber, facts) != 0) return null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A C library older than the call.
            return null;
        }

        bool isSpecial = (*(ushort*)(facts + ModeAt) & TypeMask) is not (Ordinary or Folder);
        bool isMount = (*(ulong*)(facts + AttributesAt) & MountRoot) != 0;
        return new PathFacts(*(ulong*)(facts + DiskAt), *(ulong*)(facts + NumberAt), isSpecial, isMount);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* facts);
}
