using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The folder of LoRAs that prompts name, folders inside included. A name is a file's without its ending, in capitals or not; where it
/// stands in several folders, it may be written with its folder: styles/snow.
/// </summary>
/// <param name="folder">the folder</param>
internal sealed class LoraFolder(string folder)
{
    private const int MostFiles = 100_000, Deepest = 8;

    private static readonly string[] Endings = [".safetensors", ".pt", ".ckpt", ".pth", ".bin"];

    private IReadOnlyList<string>? _files;

    /// <summary>The folder.</summary>
    public string Path => folder;

    /// <summary>The files of a name, the one to take first; none if there is no such file.</summary>
    /// <exception cref="InputException">the folder is not there, or cannot be read</exception>
    public string[] Find(string name)
    {
        string wanted = name.Trim().Replace('\\', '/');
        if (wanted.Length == 0) return [];
        string[] found = [.. Files().Where(file => Is(file, wanted, StringComparison.Ordinal))];
        return found.Length > 0 ? found : [.. Files().Where(file => Is(file, wanted, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>True if a file is called so, with its ending or without, with folders before it or without.</summary>
    private bool Is(string file, string wanted, StringComparison comparison)
    {
        string inside = System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');
        string bare = inside[..^System.IO.Path.GetExtension(inside).Length];
        return new[] { inside, bare }.Any(path =>
            path.Equals(wanted, comparison) || path.EndsWith($"/{wanted}", comparison));
    }

    private IReadOnlyList<string> Files()
    {
        if (_files is not null) return _files;
        if (!Directory.Exists(folder))
        {
            var (code, what) = File.Exists(folder)
                ? (InputCode.WrongKind, "a file, where the folder of LoRAs is needed")
                : (InputCode.NotFound, "no such folder");
            throw new InputException(code, $"--lora-folder {folder}: {what}");
        }

        var all = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Deepest, IgnoreInaccessible = true };
        try
        {
            return _files =
            [
                .. Directory.EnumerateFiles(folder, "*", all).Take(MostFiles)
                    .Where(file => Endings.Contains(System.IO.Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                    .OrderBy(file => Array.IndexOf(Endings, System.IO.Path.GetExtension(file).ToLowerInvariant()))
                    .ThenBy(file => file, StringComparer.Ordinal),
            ];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, folder);
        }
    }
}
