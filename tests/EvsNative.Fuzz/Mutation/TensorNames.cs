using System.Text;
using System.Text.Json.Nodes;
using EvsNative.Fuzz.Seeds;

namespace EvsNative.Fuzz.Mutation;

/// <summary>
/// Changes what a file of weights says of its tensors and keeps the file whole: names, shapes and types that lie in wait behind the reader.
/// </summary>
internal static class TensorNames
{
    private static readonly (string Old, string New)[] Spellings =
    [
        ("weight", "Weight"), ("down_blocks.0", "down_blocks.9"), ("down_blocks.0", "down_blocks.99999999999"), ("attn", "attention"),
        (".", "_"), (".0.", "."), ("bias", "weight"), ("", "module."), ("", "model.diffusion_model."), ("to_q", "query"),
        ("mid", "middle"),
    ];

    /// <summary>A few changes.</summary>
    public static byte[] Change(Dice dice, byte[] seed)
    {
        if (dice.OneIn(3)) return SafetensorsMutation.Change(dice, seed);
        int length = (int)BitConverter.ToInt64(seed), start = SafetensorsSeeds.LengthBytes;
        var header = JsonNode.Parse(Encoding.UTF8.GetString(seed, start, length))!.AsObject();
        for (int left = dice.Few(); left > 0 && header.Count > 0; left--) Once(dice, header);
        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        return SafetensorsSeeds.File(json, seed[(start + length)..], json.Length);
    }

    private static void Once(Dice dice, JsonObject header)
    {
        string name = dice.Pick([.. header.Select(entry => entry.Key)]);
        var entry = header[name]!.AsObject();
        if (!entry.ContainsKey("shape")) return;
        long[] shape = [.. entry["shape"]!.AsArray().Select(side => side!.GetValue<long>())];
        switch (dice.Below(7))
        {
            case 0:
                header.Remove(name);
                break;
            case 1 or 2:
                header.Remove(name);
                var (old, other) = dice.Pick(Spellings);
                header[old.Length == 0 ? other + name : name.Replace(old, other, StringComparison.Ordinal)] = entry;
                break;
            case 3:
                header.Remove(name);
                header[Absurd.Word(dice)] = entry;
                break;
            case 4:
                entry["shape"] = Array([.. shape.Reverse()]);
                break;
            case 5:
                entry["shape"] = Array(dice.OneIn(2) ? [shape.Aggregate(1L, (all, side) => all * side)] : [.. shape, 1, 1]);
                break;
            default:
                entry["dtype"] = dice.Pick(["F16", "BF16", "I16", "F32", "U8"]);
                break;
        }
    }

    private static JsonArray Array(long[] shape) => [.. shape.Select(side => (JsonNode)side)];
}
