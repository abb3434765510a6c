namespace EvsNative.Testing;

/// <summary>Files that lie in the repository: the demo's weights, the goldens.</summary>
public static class Repository
{
    /// <summary>The folder of the solution, found upwards from the test's own.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>A path below the root.</summary>
    public static string File(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "EvsNative.sln"))) return at.FullName;
        }

        throw new DirectoryNotFoundException($"no EvsNative.sln above {folder}");
    }
}
