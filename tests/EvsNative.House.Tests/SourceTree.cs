using EvsNative.Testing;

namespace EvsNative.House.Tests;

/// <summary>The files of the repository, as text.</summary>
internal static class SourceTree
{
    /// <summary>Paths from the root of the repository, with slashes, of all files below a folder but those that a build makes.</summary>
    public static IEnumerable<string> Files(string folder) => Files(folder, "*.cs");

    /// <summary>The same for files of other kinds.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Repository.File(folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    /// <summary>A file's text; its lines end as those of the repository do.</summary>
    public static string Read(string path) => File.ReadAllText(Repository.File(path)).ReplaceLineEndings("\n");
}
