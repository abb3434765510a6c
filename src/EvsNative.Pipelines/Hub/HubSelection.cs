using EvsNative.Layers;
using EvsNative.Models;

namespace EvsNative.Pipelines.Hub;

/// <summary>
/// Which files of a repository are fetched: what this program reads, and each network once. Of the same weights in several files the
/// safetensors are taken before pickles, full precision before variants such as fp16, unless a variant is asked for.
/// </summary>
internal static class HubSelection
{
    /// <summary>Folders of a model that are read.</summary>
    private static readonly string[] Parts = ["unet", "vae", "text_encoder", "tokenizer", "scheduler", "motion_adapter"];

    /// <summary>Small files of a vocabulary, where it is not in the folder of a model.</summary>
    private static readonly string[] VocabularyNames = ["vocab.json", "merges.txt", "tokenizer.json"];

    /// <summary>Names under which libraries store a network's weights.</summary>
    private static readonly string[] UsualStems = ["diffusion_pytorch_model", "model", "pytorch_model", "pytorch_lora_weights"];

    private static readonly string[] Safetensors = [".safetensors"], Pickles = [".bin", ".ckpt", ".pt", ".pth"];
    private static readonly string[] Texts = [".json", ".txt", ".model"];

    /// <summary>The files to fetch.</summary>
    /// <param name="files">all files of the repository</param>
    /// <param name="name">the repository, with the file or folder that is asked for if one is</param>
    /// <param name="variant">a variant of weights, such as fp16</param>
    /// <exception cref="InputException">
    /// there is no such file, or the repository holds several networks of which one is to be named: a list follows
    /// </exception>
    public static IReadOnlyList<HubFile> Of(IReadOnlyList<HubFile> files, HubName name, string? variant = null)
    {
        if (name.File is { } path) return OfPath(files, name, path, variant);
        var parts = files.Where(file => Parts.Contains(file.Folder)).ToList();
        var top = files.Where(file => file.Folder.Length == 0).ToList();
        bool isModel = parts.Any(file => file.Folder == "unet") || top.Any(file => file.Name == "model_index.json");
        if (isModel)
            return [.. top.Where(file => file.Name is "model_index.json"), .. Parts.SelectMany(part => OfFolder(parts, part, variant))];
        var weights = OfFolder(files, "", variant);
        bool isNetwork = top.Any(file => file.Name == "config.json") || weights.Count(IsWeights) == 1;
        if (isNetwork && weights.Any(IsWeights)) return weights;
        string[] choice = [.. files.Where(IsWeights).Select(file => $"evsnative pull {name}/{file.Path}")];
        throw choice.Length == 0
            ? new InputException(InputCode.NotFound, $"{name}: the repository holds {files.Count} files and no weights: name a file of it")
            : new InputException(
                InputCode.NotGiven, $"{name}: {choice.Length} files of weights, not of one model: name the one to fetch", choice);
    }

    private static IReadOnlyList<HubFile> OfPath(IReadOnlyList<HubFile> files, HubName name, string path, string? variant)
    {
        var found = files.Where(file => file.Path == path).ToList();
        if (found.Count == 0) found = [.. files.Where(file => file.Path.Equals(path, StringComparison.OrdinalIgnoreCase)).Take(1)];
        if (found.Count > 0) return WithShards(files, found[0]);
        var folders = files.Select(file => file.Folder).Distinct()
            .Where(folder => folder == path || folder.StartsWith($"{path}/", StringComparison.Ordinal)).ToList();
        if (folders.Count > 0) return [.. folders.SelectMany(folder => OfFolder(files, folder, variant))];
        string last = path[(path.LastIndexOf('/') + 1)..];
        string[] near = [.. files.Where(file => file.Name.Equals(last, StringComparison.OrdinalIgnoreCase)).Select(file => file.Path)];
        string advice = near.Length > 0 ? $"{InputText.Quote(near[0])} is there" : "check the name";
        throw new InputException(InputCode.NotFound, $"{name.Repository}: no file {InputText.Quote(path)} in it: {advice}");
    }

    /// <summary>An index brings its files along.</summary>
    private static IReadOnlyList<HubFile> WithShards(IReadOnlyList<HubFile> files, HubFile file)
    {
        if (!file.Name.Contains(".index.", StringComparison.Ordinal)) return [file];
        var weights = WeightName.Of(file);
        return [file, .. files.Where(other => other != file && other.Folder == file.Folder && WeightName.Of(other) == weights)];
    }

    /// <summary>Texts of a folder, and one form of its weights.</summary>
    private static List<HubFile> OfFolder(IReadOnlyList<HubFile> files, string folder, string? variant)
    {
        var inside = files.Where(file => file.Folder == folder).ToList();
        var weights = inside.Where(IsWeights).ToList();
        var usual = weights.Where(file => UsualStems.Contains(WeightName.Of(file).Stem)).ToList();
        if (usual.Count > 0) weights = usual;
        var forms = weights.GroupBy(WeightName.Of).ToList();
        var best = forms.OrderBy(form => Rank(form.Key, variant)).FirstOrDefault();
        // At the top files of one rank and different names are different networks; in the folder of a part the first name is the part's.
        bool isOneOfSeveral = best is not null && forms.Count(form => Rank(form.Key, variant) == Rank(best.Key, variant)) > 1;
        if (isOneOfSeveral && folder.Length == 0) best = null;
        var texts = inside.Where(file => IsText(file) && !file.Name.Contains(".index.", StringComparison.Ordinal));
        if (folder.Length == 0) texts = texts.Where(file => file.Name == "config.json" || VocabularyNames.Contains(file.Name));
        return [.. texts, .. best?.ToArray() ?? []];
    }

    private static int Rank(WeightName name, string? variant)
    {
        bool isSafe = Safetensors.Contains(name.Ending);
        int form = name.Variant == variant ? 0 : name.Variant is null ? 1 : name.Variant == "fp16" ? 2 : 3;
        // A variant that was asked for comes before the format.
        return variant is null ? (isSafe ? 0 : 10) + form : (10 * form) + (isSafe ? 0 : 1);
    }

    private static bool IsWeights(HubFile file) => WeightName.Of(file) is { Ending.Length: > 0 };

    private static bool IsText(HubFile file) => Texts.Contains(System.IO.Path.GetExtension(file.Name));

    /// <summary>
    /// What the name of a file of weights says: "model.fp16-00001-of-00002.safetensors", "model.safetensors.index.fp16.json".
    /// </summary>
    private readonly record struct WeightName(string Stem, string? Variant, string Ending)
    {
        public static WeightName Of(HubFile file)
        {
            string name = file.Name;
            string? ofIndex = null;
            if (name.EndsWith(".json", StringComparison.Ordinal))
            {
                int at = name.IndexOf(".index.", StringComparison.Ordinal);
                if (at < 0) return default;
                string rest = name[(at + ".index.".Length)..];
                if (rest != "json") ofIndex = rest[..^".json".Length];
                name = name[..at];
            }

            string ending = System.IO.Path.GetExtension(name);
            if (!Safetensors.Contains(ending) && !Pickles.Contains(ending)) return default;
            string stem = name[..^ending.Length];
            int shard = stem.LastIndexOf("-of-", StringComparison.Ordinal);
            if (shard > 0 && stem[..shard].LastIndexOf('-') is var number and > 0 && stem[(shard + 4)..].All(char.IsAsciiDigit))
                stem = stem[..number];
            foreach (string usual in UsualStems)
            {
                if (stem.StartsWith($"{usual}.", StringComparison.Ordinal)) return new(usual, stem[(usual.Length + 1)..], ending);
            }

            return new(stem, ofIndex, ending);
        }
    }
}
