using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Where the files lie that a user named: on the disk under that name, or in a hub's cache.</summary>
public static class ModelPath
{
    /// <summary>Endings of files; a word of two with such an ending is a path, though a hub's grammar would take it.</summary>
    private static readonly string[] FileEndings =
    [
        ".safetensors", ".ckpt", ".pt", ".pth", ".bin", ".gguf", ".onnx", ".json", ".txt", ".gz", ".zip", ".engine", ".sft", ".index",
    ];

    /// <summary>The file or folder behind a name. What is on the disk wins over a hub's cache.</summary>
    /// <param name="given">
    /// a path, the folder of a repository in a hub's cache, or owner/name, owner/name@revision, owner/name/file, or their address
    /// </param>
    /// <param name="cache">the hub's cache; the user's if absent</param>
    /// <param name="told">what was assumed</param>
    /// <returns>the path as it was given if anything is there, or if it can be nothing else</returns>
    /// <exception cref="InputException">
    /// a name of a hub's that was not fetched, or a file with something behind a colon that its option does not take
    /// </exception>
    public static string Resolve(string given, HubCache? cache = null, ICollection<Notice>? told = null)
    {
        foreach (string path in new[] { given, HubCache.WithHome(given) })
            if (Path.Exists(path) || OrdinaryFile.DanglingTarget(path) is not null) return InRepository(path, told);
        if (WithoutTail(given) is { } file)
        {
            throw new InputException(
                InputCode.NotFound,
                $"{file} is there, but not with {InputText.Quote(given[file.Length..])} behind it: --lora takes one or two numbers there, "
                + "such as :0.8 or :0.8:0.5, --embedding a word, other options nothing");
        }

        if (HubName.TryParse(given) is not { } name) return given;
        cache ??= HubCache.OfUser();
        if (cache.Find(name, told) is { } found) return found;
        return IsPath(given) ? given : throw new InputException(
            InputCode.NotFound, $"{given}: no such file or folder, and not in the hub's cache ({cache.Root}): evsnative pull {name}");
    }

    /// <summary>What is there if a colon and all behind it is left out; null if nothing is, whatever is left out.</summary>
    private static string? WithoutTail(string given)
    {
        for (int colon = given.LastIndexOf(':'); colon > 1; colon = given.LastIndexOf(':', colon - 1))
            if (Path.Exists(HubCache.WithHome(given[..colon]))) return given[..colon];
        return null;
    }

    /// <summary>Of a repository's folder in a cache, or of its snapshots', the snapshot is meant.</summary>
    private static string InRepository(string path, ICollection<Notice>? told)
    {
        if (HubCache.RepositoryOf(path) is not { } name) return path;
        return HubCache.SnapshotIn(path, told) ?? throw new InputException(
            InputCode.Incomplete, $"{path}: the folder of a hub's cache without a snapshot in it: evsnative pull {name}");
    }

    private static bool IsPath(string given)
    {
        string[] words = given.Split('/');
        return (words.Length == 2 && FileEndings.Any(ending => given.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            || Directory.Exists(words[0]);
    }
}
