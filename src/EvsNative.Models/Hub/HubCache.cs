using System.Text;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// A hub's cache on this machine, which many programs share: in the folder of a repository <c>refs/main</c> names a commit,
/// <c>snapshots/COMMIT</c> has its files, as links to <c>blobs</c> where the disk has links. Source: the hub's page "Hub local cache".
/// </summary>
/// <param name="root">the cache's folder, which need not be there</param>
public sealed class HubCache(string root)
{
    private const string Snapshots = "snapshots", Prefix = "models--";
    private const int FewestLetters = 5, MostReferenceBytes = 4096;

    /// <summary>Its folder.</summary>
    public string Root => root;

    /// <summary>The user's: HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, else <c>hub</c> in the folder of all that is the hub's.</summary>
    /// <param name="variable">reads the environment</param>
    public static HubCache OfUser(Func<string, string?>? variable = null) => new(
        Said("HF_HUB_CACHE", variable) ?? Said("HUGGINGFACE_HUB_CACHE", variable) ?? Path.Combine(HomeOfUser(variable), "hub"));

    /// <summary>The folder of all that is the hub's: HF_HOME, else <c>huggingface</c> in XDG_CACHE_HOME or <c>~/.cache</c>.</summary>
    /// <inheritdoc cref="OfUser"/>
    public static string HomeOfUser(Func<string, string?>? variable = null) =>
        Said("HF_HOME", variable)
        ?? Path.Combine(Said("XDG_CACHE_HOME", variable) ?? Path.Combine(UserFolder, ".cache"), "huggingface");

    /// <summary>Where a name's file or folder lies; null where nothing of it does.</summary>
    /// <param name="name">the name</param>
    /// <param name="told">what was assumed</param>
    /// <exception cref="InputException">its file is a link behind which nothing is</exception>
    public string? Find(HubName name, ICollection<Notice>? told = null) =>
        Child(root, name.CacheFolder) is { } folder ? Find(folder, name, told) : null;

    /// <summary>The repository whose folder in some cache a path is, or the folder of its snapshots; null for anything else.</summary>
    public static HubName? RepositoryOf(string path)
    {
        if (Folder(path) is not { } folder) return null;
        string[] words = Path.GetFileName(folder)[Prefix.Length..].Split("--");
        return words.Length == 2 ? new HubName(words[0], words[1]) : null;
    }

    /// <summary>The snapshot in the folder of a repository, wherever that is; null if it has none.</summary>
    /// <inheritdoc cref="Find(HubName, ICollection{Notice}?)"/>
    public static string? SnapshotIn(string path, ICollection<Notice>? told = null) =>
        Folder(path) is { } folder && RepositoryOf(path) is { } name ? Find(folder, name, told) : null;

    /// <summary>Folders of all repositories that were fetched, by name.</summary>
    internal IEnumerable<string> Repositories()
    {
        try
        {
            return Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root, $"{Prefix}*").Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            return [];
        }
    }

    private static string UserFolder => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string? Said(string name, Func<string, string?>? variable) =>
        (variable ?? Environment.GetEnvironmentVariable)(name) is { Length: > 0 } text ? WithHome(text) : null;

    /// <summary>A path whose tilde no shell has replaced.</summary>
    internal static string WithHome(string path) =>
        path == "~" ? UserFolder
        : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(UserFolder, path[2..])
        : path;

    private static string? Folder(string path)
    {
        string folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetFileName(folder) == Snapshots) folder = Path.GetDirectoryName(folder) ?? folder;
        return Path.GetFileName(folder).StartsWith(Prefix, StringComparison.Ordinal) && Directory.Exists(Path.Combine(folder, Snapshots))
            ? folder
            : null;
    }

    private static string? Find(string folder, HubName name, ICollection<Notice>? told)
    {
        var candidates = Candidates(folder, name.Revision);
        bool isCertain = name.Revision is not null || candidates.Count == 1 || Reference(folder, HubName.MainBranch) is not null;
        foreach (string snapshot in candidates)
        {
            if ((name.File is { } file ? Below(snapshot, file, name) : snapshot) is not { } found) continue;
            if (!isCertain)
                told?.Add(new(NoticeCode.Assumed, $"{folder}: which of {candidates.Count} snapshots is meant is not said: the newest"));
            else if (snapshot != candidates[0])
                told?.Add(new(NoticeCode.Assumed, $"{name}: not in the newest snapshot, taken from {Path.GetFileName(snapshot)}"));
            return found;
        }

        return null;
    }

    /// <summary>Snapshots to look in, the likeliest first.</summary>
    private static List<string> Candidates(string folder, string? revision)
    {
        string all = Path.Combine(folder, Snapshots);
        try
        {
            if (!Directory.Exists(all)) return [];
            var newest = new DirectoryInfo(all).EnumerateDirectories().Where(found => found.EnumerateFileSystemInfos().Any())
                .OrderByDescending(found => found.LastWriteTimeUtc).ThenBy(found => found.Name, StringComparer.Ordinal)
                .Select(found => found.FullName).ToList();
            string? commit = Reference(folder, revision ?? HubName.MainBranch);
            if (revision is null)
            {
                var first = newest.Where(found => Path.GetFileName(found) == commit);
                return [.. first, .. newest.Where(found => Path.GetFileName(found) != commit)];
            }

            var said = newest.Where(found => Path.GetFileName(found) == (commit ?? revision)).ToList();
            if (said.Count > 0 || revision.Length < FewestLetters) return said;
            said = [.. newest.Where(found => Path.GetFileName(found).StartsWith(revision, StringComparison.Ordinal))];
            return said.Count == 1 ? said : [];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, all);
        }
    }

    /// <summary>The commit that a branch or tag stood for when it was fetched.</summary>
    private static string? Reference(string folder, string revision)
    {
        string path = Path.Combine(folder, "refs", revision);
        if (!OrdinaryFile.Exists(path)) return null;
        string commit = Encoding.UTF8.GetString(OrdinaryFile.ReadAll(path, MostReferenceBytes, "the name of a commit")).Trim();
        return commit.Length > 0 && HubName.IsFile(commit) && !commit.Contains('/', StringComparison.Ordinal) ? commit : null;
    }

    private static string? Below(string snapshot, string file, HubName name)
    {
        string? path = snapshot;
        foreach (string word in file.Split('/')) path = path is null ? null : Child(path, word);
        if (path is not null && OrdinaryFile.DanglingTarget(path) is { } target)
        {
            throw new InputException(
                InputCode.NotFound, $"{path}: a link to {InputText.Quote(target)}, where nothing is: evsnative pull {name}");
        }

        return path;
    }

    /// <summary>What has a name in a folder, whatever its capitals; the exact one first.</summary>
    private static string? Child(string folder, string name)
    {
        string exact = Path.Combine(folder, name);
        if (Rename.IsThere(exact)) return exact;
        try
        {
            return Directory.Exists(folder)
                ? Directory.EnumerateFileSystemEntries(folder)
                    .FirstOrDefault(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase))
                : null;
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, folder);
        }
    }
}
