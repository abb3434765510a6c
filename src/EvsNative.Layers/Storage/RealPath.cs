using System.Runtime.InteropServices;

namespace EvsNative.Layers;

/// <summary>What names lead to, whatever links lie on the way. Source: realpath(3).</summary>
internal static partial class RealPath
{
    private const int MostBytes = 4096;

    private static StringComparison Names =>
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>
    /// The full path without links. Of what is not there yet, that of its folder and the name; a link that leads nowhere is such a name.
    /// </summary>
    public static string Of(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Resolve(full) is { } real) return real;
        return Path.GetDirectoryName(full) is { } folder ? Path.Combine(Of(folder), Path.GetFileName(full)) : full;
    }

    /// <summary>Whether two names lead to one thing: through links, hard links, other spellings.</summary>
    public static bool AreOne(string one, string other) =>
        PathFacts.Of(one) is { } a && PathFacts.Of(other) is { } b
            ? (a.Disk, a.Number) == (b.Disk, b.Number)
            : Of(one).Equals(Of(other), Names);

    /// <summary>The same words for all names of one file, if it is there.</summary>
    public static string Identity(string path)
    {
        if (PathFacts.Of(path) is { } facts) return $"{facts.Disk}:{facts.Number}";
        return OperatingSystem.IsLinux() ? Of(path) : Of(path).ToUpperInvariant();
    }

    /// <summary>Whether one name lies in the folder of another one, at any depth.</summary>
    public static bool IsInside(string inner, string outer)
    {
        for (string? folder = Path.GetDirectoryName(Of(inner)); folder is not null; folder = Path.GetDirectoryName(folder))
            if (AreOne(folder, outer)) return true;
        return false;
    }

    private static unsafe string? Resolve(string full)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!Path.Exists(full)) return null;
            return (Directory.Exists(full)
                ? Directory.ResolveLinkTarget(full, returnFinalTarget: true)
                : File.ResolveLinkTarget(full, returnFinalTarget: true))?.FullName ?? full;
        }

        byte* buffer = stackalloc byte[MostBytes + 1];
        return Resolve(full, buffer) == null ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* Resolve(string path, byte* buffer);
}
