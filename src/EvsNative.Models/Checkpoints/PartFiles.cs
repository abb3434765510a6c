using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// Finds and opens the weights in the folder of a part: one file, or several with an index. Folders often hold the same weights several
/// times. Safetensors go before PyTorch's files, full precision before fp16 and other variants, one file before shards. What is chosen is
/// opened or refused; no other file is tried in its place.
/// </summary>
internal static class PartFiles
{
    private static readonly string[] Safetensors = [".safetensors", ".sft"], Pickles = [".bin", ".pt", ".pth", ".ckpt"];

    /// <summary>Endings of files of weights, the more wanted first.</summary>
    private static readonly string[] Endings = [.. Safetensors, .. Pickles];

    /// <summary>Variants in the order in which they are taken, first full precision. Others are taken where they are alone.</summary>
    private static readonly string[] Variants = ["", ".fp32", ".fp16", ".bf16", ".ema", ".ema_only", ".non_ema"];

    /// <summary>Weights of other programs, which are named where there is nothing else.</summary>
    private static readonly string[] Foreign = [".msgpack", ".h5", ".onnx", ".gguf", ".pb", ".tflite", ".xml"];

    /// <summary>What a trainer leaves beside weights under the same endings.</summary>
    private static readonly string[] Leftovers = ["optimizer", "scheduler", "training_args", "random_states", "rng_state", "scaler"];

    /// <summary>The file to open.</summary>
    /// <param name="folder">the part's folder</param>
    /// <param name="stem">what its weights are called, without endings</param>
    /// <exception cref="InputException">there is none, or which one is meant cannot be told</exception>
    public static string Find(string folder, string stem)
    {
        string[] names = [.. Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        foreach (string ending in Endings)
        {
            foreach (string own in OwnStems(stem, ending))
            {
                if (Named(names, own, ending) is { } name) return Path.Combine(folder, name);
            }
        }

        foreach (string[] endings in new[] { Safetensors, Pickles })
        {
            string[] others = [.. names.Where(name => endings.Contains(Path.GetExtension(name)) && !IsLeftover(name))];
            if (others.Length == 1) return Path.Combine(folder, others[0]);
            if (others.Length > 1) throw Several(folder, stem, endings == Safetensors ? "safetensors" : "PyTorch", others);
        }

        string? foreign = names.FirstOrDefault(name => Foreign.Contains(Path.GetExtension(name)));
        throw foreign is null
            ? new InputException(InputCode.NotFound, $"{folder}: there are no weights here ({stem}.safetensors): download the folder again")
            : new InputException(
                InputCode.WrongKind,
                $"{folder}: {InputText.Name(foreign)} is not for PyTorch: download {stem}.safetensors of the same model");
    }

    /// <summary>Opens what <see cref="Find"/> found.</summary>
    /// <exception cref="InputException">a file is missing, damaged or of another kind</exception>
    public static IWeightFile Open(WeightFiles files, string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) ? OpenShards(files, path) : files.Open(path);

    /// <summary>The stems of a kind of files: transformers calls its pickles otherwise than its safetensors.</summary>
    private static string[] OwnStems(string stem, string ending) =>
        stem == "model" && Pickles.Contains(ending) ? ["pytorch_model", stem] : [stem];

    /// <summary>The file of a stem and an ending, by the order of variants; an unknown variant where it is the only one.</summary>
    private static string? Named(string[] names, string stem, string ending)
    {
        foreach (string variant in Variants)
        {
            string[] wanted =
            [
                $"{stem}{variant}{ending}", $"{stem}{ending}.index{variant}.json", $"{stem}{variant}{ending}.index.json",
            ];
            if (wanted.FirstOrDefault(names.Contains) is { } name) return name;
        }

        string[] others =
        [
            .. names.Where(name => name.Length > stem.Length + ending.Length && name.StartsWith($"{stem}.", StringComparison.Ordinal)
                && name.EndsWith(ending, StringComparison.Ordinal)),
        ];
        return others.Length == 1 ? others[0] : null;
    }

    private static bool IsLeftover(string name) => Leftovers.Any(word => name.StartsWith(word, StringComparison.Ordinal));

    private static InputException Several(string folder, string stem, string format, string[] names)
    {
        const int named = 3;
        string list = string.Join(", ", names.Take(named).Select(name => InputText.Name(name, 60))) + (names.Length > named ? ", ..." : "");
        return new InputException(
            InputCode.NotFound,
            $"{folder}: {names.Length} {format} files, none of them {stem}.safetensors: {list}: rename the one to use");
    }

    private static CombinedWeights OpenShards(WeightFiles files, string index)
    {
        var json = JsonFile.ReadObject(index);
        if (!json.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
            throw new InputException(InputCode.Damaged, $"{index}: it has no weight_map, which would say where the tensors are");

        if (map.GetPropertyCount() > InputLimits.Tensors)
            throw new InputException(InputCode.TooLarge, $"{index}: lists more than {InputLimits.Tensors} tensors: check the file");
        var places = map.EnumerateObject().Select(entry => (Tensor: entry.Name, File: ShardName(index, entry.Value))).ToList();
        string folder = Path.GetDirectoryName(index)!;
        string[] parts = [.. places.Select(place => place.File).Distinct().Order(StringComparer.Ordinal)];
        if (parts.Length > InputLimits.Shards)
            throw new InputException(InputCode.TooLarge, $"{index}: names {parts.Length} files, at most {InputLimits.Shards} are read");
        IWeightFile[] shards = [.. parts.Select(name => files.Open(Path.Combine(folder, name)))];
        var all = new CombinedWeights(shards, index);
        var names = all.Names.ToHashSet();
        if (places.Find(place => !names.Contains(place.Tensor)) is not { Tensor: { } lost, File: var file }) return all;
        throw new InputException(
            InputCode.Incomplete,
            $"{index}: {InputText.Name(file)} should hold tensor {InputText.Quote(lost)} and does not: download both again");
    }

    /// <summary>A shard lies beside its index; a name that leads elsewhere is not followed.</summary>
    private static string ShardName(string index, JsonElement value)
    {
        string name = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        bool isPlain = Endings.Contains(Path.GetExtension(name)) && name.IndexOfAny(['/', '\\', ':']) < 0 && !name.Any(char.IsControl);
        return isPlain
            ? name
            : throw new InputException(InputCode.Damaged, $"{index}: weight_map names a file that is not a file of weights beside it");
    }
}
