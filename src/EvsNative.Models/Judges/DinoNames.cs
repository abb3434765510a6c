using System.Globalization;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// DINO's tensors in the names of transformers, under those of the published file: a table of words, and q, k and v that stand apart there
/// as one. Source: the model ViT of transformers.
/// </summary>
internal static class DinoNames
{
    private const string Token = "embeddings.cls_token";

    /// <summary>What a classifier of transformers puts before the network's names.</summary>
    private const string Outer = "vit.";

    /// <summary>Folders and tensors outside of layers.</summary>
    private static readonly Dictionary<string, string> Around = new()
    {
        [Token] = "cls_token",
        ["embeddings.position_embeddings"] = "pos_embed",
        ["embeddings.patch_embeddings.projection.weight"] = "patch_embed.proj.weight",
        ["embeddings.patch_embeddings.projection.bias"] = "patch_embed.proj.bias",
        ["layernorm.weight"] = "norm.weight",
        ["layernorm.bias"] = "norm.bias",
    };

    /// <summary>Folders of a layer.</summary>
    private static readonly Dictionary<string, string> Inside = new()
    {
        ["layernorm_before"] = "norm1",
        ["attention.attention.query"] = "attn.q",
        ["attention.attention.key"] = "attn.k",
        ["attention.attention.value"] = "attn.v",
        ["attention.output.dense"] = "attn.proj",
        ["layernorm_after"] = "norm2",
        ["intermediate.dense"] = "mlp.fc1",
        ["output.dense"] = "mlp.fc2",
    };

    /// <summary>Whether a file has these names.</summary>
    public static bool AreOfTransformers(IWeightFile file) => file.Names.Any(name => name is Token or Outer + Token);

    /// <summary>The file under the published names. What has no counterpart keeps its name, so that it is found left over.</summary>
    public static IWeightFile View(IWeightFile file)
    {
        var renamed = new RenamedWeights(file, NewName);
        var stacks = new Dictionary<string, IReadOnlyList<string>>();
        foreach (string query in renamed.Names)
        {
            foreach (string end in new[] { "weight", "bias" })
            {
                string tail = $".attn.q.{end}";
                if (!query.EndsWith(tail, StringComparison.Ordinal)) continue;
                string folder = query[..^tail.Length];
                string[] parts = [query, $"{folder}.attn.k.{end}", $"{folder}.attn.v.{end}"];
                if (parts.All(renamed.Names.Contains)) stacks[$"{folder}.attn.qkv.{end}"] = parts;
            }
        }

        return new StackedWeights(renamed, stacks);
    }

    /// <summary>A pooling layer, which transformers adds unasked and DINO never trained, is left out.</summary>
    private static string? NewName(string stored)
    {
        string name = stored.StartsWith(Outer, StringComparison.Ordinal) ? stored[Outer.Length..] : stored;
        if (name.StartsWith("pooler.", StringComparison.Ordinal)) return null;
        if (Around.TryGetValue(name, out string? own)) return own;
        string[] words = name.Split('.');
        bool isOfLayer = words is ["encoder", "layer", _, _, ..];
        if (!isOfLayer || !int.TryParse(words[2], CultureInfo.InvariantCulture, out int i)) return name;
        string folder = string.Join('.', words[3..^1]);
        return Inside.TryGetValue(folder, out string? inside) ? $"blocks.{i}.{inside}.{words[^1]}" : name;
    }
}
