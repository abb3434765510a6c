namespace EvsNative.Models;

/// <summary>Paths with every link followed, that of the file and those of its folders.</summary>
internal static class RealPath
{
    /// <summary>The full path of something that exists.</summary>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path), real = Path.GetPathRoot(full)!;
        foreach (string name in Names(full))
        {
            string next = Path.Combine(real, name);
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            real = entry.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Of(target.FullName) : next;
        }

        return real;
    }

    /// <summary>The names between the separators of a full path, from the root on.</summary>
    public static string[] Names(string full) =>
        full[Path.GetPathRoot(full)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
