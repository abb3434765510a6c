using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>
/// Renames that look and act in one step, which the framework does not have. Where the system has none either, what comes next best: the
/// framework looks first and then renames. Sources: rename(2); renameat2 came with Linux 3.15.
/// </summary>
internal static partial class Rename
{
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1, Exchanging = 2;
    private const int NotPermitted = 1, Forbidden = 13, Exists = 17, OtherDisk = 18, Invalid = 22, NoSuchCall = 38, NotSupported = 95;
    private const int NotEmptyLinux = 39, NotEmptyMac = 66;

    /// <summary>The number of renameat2; not every C library has a function for it, each has one for numbers.</summary>
    private static int? CallNumber => !OperatingSystem.IsLinux() ? null : RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 316,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 276,
        _ => null,
    };

    /// <summary>Renames a file or a folder unless something has the name: false.</summary>
    public static bool ToFree(string from, string to)
    {
        int error = Call(from, to, NoReplace);
        if (error == 0) return true;
        if (error == Exists) return false;
        if (!IsMissing(error)) throw Fault(error, to);
        if (IsThere(to)) return false;
        try
        {
            if (Directory.Exists(from)) Directory.Move(from, to);
            else File.Move(from, to);
            return true;
        }
        catch (IOException) when (IsThere(from) && IsThere(to))
        {
            return false;
        }
    }

    /// <summary>Renames a folder to an empty one's name, or a free one, unless something is in it: false.</summary>
    public static bool ToEmptyFolder(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            if (Directory.Exists(to) && Directory.EnumerateFileSystemEntries(to).Any()) return false;
            if (Directory.Exists(to)) Directory.Delete(to);
            return ToFree(from, to);
        }

        int error = Plain(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error switch
        {
            0 => true,
            Exists or NotEmptyLinux or NotEmptyMac => false,
            _ => throw Fault(error, to),
        };
    }

    /// <summary>Lets two folders exchange their names; false where the system or its disk cannot do that.</summary>
    public static bool Exchange(string one, string other)
    {
        int error = Call(one, other, Exchanging);
        return error == 0 || (IsMissing(error) ? false : throw Fault(error, other));
    }

    /// <summary>Whether something has a name, a link without a target too.</summary>
    public static bool IsThere(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>Some containers answer that a call which they do not know is not permitted.</summary>
    private static bool IsMissing(int error) => error is NoSuchCall or Invalid or NotSupported or NotPermitted or OtherDisk;

    private static Exception Fault(int error, string path)
    {
        string message = $"{Marshal.GetPInvokeErrorMessage(error)}: '{path}'";
        return error == Forbidden ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }

    /// <summary>Zero, or the number of the system's error.</summary>
    private static int Call(string from, string to, uint how)
    {
        if (CallNumber is not { } number) return NoSuchCall;
        try
        {
            return Syscall(number, CurrentFolder, from, CurrentFolder, to, how) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return NoSuchCall;
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Syscall(nint number, nint fromFolder, string from, nint toFolder, string to, nuint how);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Plain(string from, string to);
}
