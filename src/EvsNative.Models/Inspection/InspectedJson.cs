using System.Text.Json;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>JSON files of models: configurations and indexes. An index of shards is no such file but the weights that it lists.</summary>
internal static class InspectedJson
{
    /// <summary>The file, or null if it is an index of shards, or too large to be a configuration.</summary>
    public static Inspection? Of(string path)
    {
        long bytes = new FileInfo(path).Length;
        if (bytes > InputLimits.JsonBytes) return null;
        var json = JsonFile.ReadObject(path);
        if (json.TryGetProperty("weight_map", out _)) return null;
        string what = ClassOf(json) is { } name ? $"the configuration of {InputText.Name(name)}" : "JSON text";
        return new(path, what, "json")
        {
            Bytes = bytes,
            Use = ClassOf(json) is null ? "no weights" : "a part of a model: give the folder",
        };
    }

    /// <summary>The class of networks, pipelines or schedulers that a configuration names.</summary>
    public static string? ClassOf(JsonElement json) => json.Text("_class_name")
        ?? (json.TryGetProperty("architectures", out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
            && list[0].ValueKind == JsonValueKind.String ? list[0].GetString() : null)
        ?? json.Text("tokenizer_class");
}
