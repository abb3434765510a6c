using EvsNative.Models;

namespace EvsNative.Pipelines.Recipes;

/// <summary>What of a path may go into a file that others get: nothing that tells of a machine or its user.</summary>
internal static class PortablePath
{
    /// <summary>A path that stays in the current folder, or a hub's name, as it is; of any other path the last name.</summary>
    public static string Of(string path)
    {
        if (path.Contains("://", StringComparison.Ordinal)) return HubName.TryParse(path) is { } name ? $"{name}" : LastOf(path);
        string[] parts = path.Split('/', '\\');
        bool isInside = !Path.IsPathRooted(path) && parts[0] is not ("~" or "") && !(parts[0].Length == 2 && parts[0][1] == ':')
            && !parts.Contains("..");
        return isInside ? string.Join('/', parts.Where(part => part is not ("." or ""))) : LastOf(path);
    }

    private static string LastOf(string path) =>
        path.Split('/', '\\').LastOrDefault(part => part is not ("" or "." or ".." or "~")) ?? "unnamed";
}
