namespace EvsNative.Layers;

/// <summary>
/// Tells pipes, devices and sockets from ordinary files; the framework calls them all files. Elsewhere than on Linux nothing is called
/// special.
/// </summary>
internal static class SpecialFile
{
    /// <summary>Whether a path leads to something that is neither a file nor a folder. False where there is nothing.</summary>
    public static bool Is(string path) => PathFacts.Of(path)?.IsSpecial == true;
}
