using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>Finds and opens the weights in the folder of a part: one file, or several with an index.</summary>
internal static class PartFiles
{
    private static readonly string[] Pickles = [".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".h5"];

    /// <summary>
    /// The file to open: full precision before fp16, one file before shards, and a folder's only safetensors file by any name.
    /// </summary>
    /// <exception cref="InputException">there is none</exception>
    public static string Find(string folder, string stem)
    {
        string[] names =
        [
            $"{stem}.safetensors", $"{stem}.safetensors.index.json", $"{stem}.fp16.safetensors",
            $"{stem}.safetensors.index.fp16.json", $"{stem}.fp16.safetensors.index.json",
        ];
        if (names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path) return path;
        string[] others = Directory.GetFiles(folder, "*.safetensors");
        if (others.Length == 1) return others[0];
        if (others.Length > 1)
        {
            throw new InputException(
                InputCode.NotFound, $"{folder}: {others.Length} safetensors files, none of them {names[0]}: rename the one to use");
        }

        string? pickle = Directory.GetFiles(folder).FirstOrDefault(file => Pickles.Contains(Path.GetExtension(file)));
        throw pickle is null
            ? new InputException(InputCode.NotFound, $"{folder}: there are no weights here ({names[0]}): download the folder again")
            : new InputException(
                InputCode.WrongKind,
                $"{folder}: {InputText.Name(Path.GetFileName(pickle))} is not in the safetensors format: convert the model in Python: " +
                "DiffusionPipeline.from_pretrained(folder).save_pretrained(folder, safe_serialization=True)");
    }

    /// <summary>Opens what <see cref="Find"/> found.</summary>
    /// <exception cref="InputException">a file is missing, damaged or of another kind</exception>
    public static IWeightFile Open(WeightFiles files, string path) =>
        path.EndsWith(".json", StringComparison.Ordinal) ? OpenShards(files, path) : files.Open(path);

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
        bool isPlain = name.EndsWith(".safetensors", StringComparison.Ordinal) && name.IndexOfAny(['/', '\\', ':']) < 0
            && !name.Any(char.IsControl);
        return isPlain
            ? name
            : throw new InputException(InputCode.Damaged, $"{index}: weight_map names a file that is not a safetensors file beside it");
    }
}
