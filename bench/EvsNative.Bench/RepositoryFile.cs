using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>Files of the repository that the bench runs: found upwards from the program.</summary>
internal static class RepositoryFile
{
    /// <summary>The full path of a file, given from the root.</summary>
    /// <exception cref="InputException">the program was taken out of its repository</exception>
    public static string Find(string path)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string full = Path.Combine(at.FullName, path);
            if (File.Exists(full)) return full;
        }

        throw new InputException(
            InputCode.NotFound, $"{path} is not to be found above {AppContext.BaseDirectory}: run the bench from its repository");
    }
}
