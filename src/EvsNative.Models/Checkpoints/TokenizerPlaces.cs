using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Where vocabularies lie on machines of people who have checkpoints: beside the checkpoint, in the folders of the programs that it lies
/// in, in the hub's cache, in Python's packages.
/// </summary>
/// <param name="hub">the hub's cache</param>
/// <param name="pythons">folders that Pythons are installed in</param>
internal sealed class TokenizerPlaces(HubCache hub, IReadOnlyList<string> pythons)
{
    /// <summary>Folders above a checkpoint that are looked at.</summary>
    private const int MostAncestors = 6;

    /// <summary>Repositories of the hub's cache that are looked at.</summary>
    private const int MostRepositories = 200;

    /// <summary>Repositories that hold CLIP's vocabulary, the likeliest first.</summary>
    private static readonly string[] KnownRepositories =
    [
        "openai/clip-vit-large-patch14", "stable-diffusion-v1-5/stable-diffusion-v1-5", "runwayml/stable-diffusion-v1-5",
        "CompVis/stable-diffusion-v1-4", "emilianJR/epiCRealism",
    ];

    /// <summary>Folders of other programs, from the folder that they were unpacked to.</summary>
    private static readonly string[] ProgramFolders =
    [
        // ComfyUI, alone and in its portable package.
        "comfy/sd1_tokenizer", "ComfyUI/comfy/sd1_tokenizer",
        // Forge.
        "backend/huggingface/runwayml/stable-diffusion-v1-5/tokenizer",
    ];

    /// <summary>Pythons that programs bring along or make for themselves.</summary>
    private static readonly string[] ProgramPythons = ["venv", ".venv", "env", "python_embeded", "python_embedded", "python"];

    /// <summary>Packages with OpenAI's file in them.</summary>
    private static readonly string[] Packages = ["open_clip", "clip"];

    /// <summary>This user's.</summary>
    public static TokenizerPlaces OfUser()
    {
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string?[] pythons =
        [
            Environment.GetEnvironmentVariable("VIRTUAL_ENV"), Environment.GetEnvironmentVariable("CONDA_PREFIX"),
            Path.Combine(home, ".local"), Path.Combine(home, "miniconda3"), Path.Combine(home, "anaconda3"), "/usr/local", "/usr",
        ];
        return new TokenizerPlaces(HubCache.OfUser(), [.. pythons.OfType<string>().Where(path => path.Length > 0)]);
    }

    /// <summary>Vocabularies that are there, the likeliest first, found as they are asked for.</summary>
    /// <param name="checkpoint">a file, or the folder of a model</param>
    public IEnumerable<string> Around(string checkpoint) => Beside(checkpoint).Concat(Elsewhere(checkpoint)).OfType<string>();

    private static IEnumerable<string?> Beside(string checkpoint)
    {
        string full = Path.GetFullPath(checkpoint);
        if (Directory.Exists(full)) yield return TokenizerFiles.Inside(full);
        if (Path.GetDirectoryName(full) is not { } folder) yield break;
        yield return TokenizerFiles.In(folder);
        yield return TokenizerFiles.In(Path.Combine(folder, "tokenizer"));
        if (Path.GetDirectoryName(folder) is { } above) yield return TokenizerFiles.In(Path.Combine(above, "tokenizer"));
    }

    private IEnumerable<string?> Elsewhere(string checkpoint)
    {
        // A checkpoint may be a link from the folder of one program to that of another: both are looked at.
        foreach (string start in new[] { Path.GetFullPath(checkpoint), RealPath.Of(checkpoint) }.Distinct())
        {
            string[] above = [.. Ancestors(start)];
            foreach (string folder in above)
                foreach (string inside in ProgramFolders) yield return TokenizerFiles.Inside(Path.Combine(folder, inside));
            foreach (string folder in above)
                foreach (string python in ProgramPythons)
                    foreach (string found in InPackages(Path.Combine(folder, python))) yield return found;
        }

        foreach (string? found in InHub()) yield return found;
        foreach (string python in pythons)
            foreach (string found in InPackages(python)) yield return found;
    }

    private static IEnumerable<string> Ancestors(string path)
    {
        string? folder = Path.GetDirectoryName(path);
        for (int i = 0; i < MostAncestors && folder is not null; i++, folder = Path.GetDirectoryName(folder)) yield return folder;
    }

    private IEnumerable<string?> InHub()
    {
        var files = from known in KnownRepositories
                    from file in (string[])["tokenizer/vocab.json", "tokenizer.json", "vocab.json"]
                    select Attempt(() => hub.Find(HubName.TryParse($"{known}/{file}")!));
        foreach (string file in files.OfType<string>()) yield return TokenizerFiles.In(Path.GetDirectoryName(file)!);
        var snapshots = hub.Repositories().Take(MostRepositories).Select(folder => Attempt(() => HubCache.SnapshotIn(folder)));
        foreach (string snapshot in snapshots.OfType<string>()) yield return TokenizerFiles.In(Path.Combine(snapshot, "tokenizer"));
    }

    /// <summary>A cache that is damaged holds nothing for us.</summary>
    private static string? Attempt(Func<string?> find)
    {
        try
        {
            return find();
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>OpenAI's file in the packages of a Python: Linux and macOS, Debian's own, Windows.</summary>
    private static IEnumerable<string> InPackages(string python)
    {
        string[] folders =
        [
            .. Folders(Path.Combine(python, "lib"), "python3*").SelectMany(
                lib => new[] { Path.Combine(lib, "site-packages"), Path.Combine(lib, "dist-packages") }),
            Path.Combine(python, "Lib", "site-packages"),
        ];
        return from folder in folders
               from package in Packages
               from name in OpenAiVocabulary.Names
               let path = Path.Combine(folder, package, name)
               where OrdinaryFile.Exists(path)
               select path;
    }

    private static string[] Folders(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder, pattern).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            return [];
        }
    }
}
