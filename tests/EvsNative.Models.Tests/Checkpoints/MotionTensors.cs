using EvsNative.Layers;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Names and shapes of motion adapters, in diffusers' words and in the original's, and files of them.</summary>
internal static class MotionTensors
{
    /// <summary>The tensors of an adapter with 8 heads, as diffusers names them.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Of(long[] channels, int layers, bool hasMid, long? frames)
    {
        var places = new List<(string Path, long C)>();
        for (int i = 0; i < channels.Length; i++)
        {
            for (int j = 0; j < layers; j++) places.Add(($"down_blocks.{i}", channels[i]));
            for (int j = 0; j <= layers; j++) places.Add(($"up_blocks.{i}", channels[^(i + 1)]));
        }

        if (hasMid) places.Add(("mid_block", channels[^1]));
        foreach (var block in places.GroupBy(place => place.Path))
        {
            foreach (var (module, c) in block.Select((place, j) => ($"{block.Key}.motion_modules.{j}", place.C)))
            {
                string t = $"{module}.transformer_blocks.0";
                if (frames is { } length) yield return ($"{t}.pos_embed.pe", [1, length, c]);
                foreach (string norm in new[] { $"{module}.norm", $"{t}.norm1", $"{t}.norm2", $"{t}.norm3" })
                {
                    yield return ($"{norm}.weight", [c]);
                    yield return ($"{norm}.bias", [c]);
                }

                string[] linears = [$"{module}.proj_in", $"{module}.proj_out", $"{t}.attn1.to_out.0", $"{t}.attn2.to_out.0"];
                foreach (string linear in linears)
                {
                    yield return ($"{linear}.weight", [c, c]);
                    yield return ($"{linear}.bias", [c]);
                }

                foreach (string linear in new[] { "attn1.to_q", "attn1.to_k", "attn1.to_v", "attn2.to_q", "attn2.to_k", "attn2.to_v" })
                {
                    yield return ($"{t}.{linear}.weight", [c, c]);
                }

                yield return ($"{t}.ff.net.0.proj.weight", [8 * c, c]);
                yield return ($"{t}.ff.net.0.proj.bias", [8 * c]);
                yield return ($"{t}.ff.net.2.weight", [c, 4 * c]);
                yield return ($"{t}.ff.net.2.bias", [c]);
            }
        }
    }

    /// <summary>Numbers by formula, and the usual sinusoids in tables of positions.</summary>
    public static float[] Numbers(string name, long[] shape)
    {
        if (shape is [_, var length, var channels]) return Sinusoids.Positions((int)length, (int)channels);
        float[] values = new float[shape.Aggregate(1L, (product, length) => product * length)];
        new FormulaWeights().Read(name, shape, values);
        return values;
    }

    /// <summary>Writes a file of <see cref="Numbers"/>, by diffusers' names whatever names are stored.</summary>
    /// <param name="path">the file</param>
    /// <param name="tensors">diffusers' names</param>
    /// <param name="prefix">what stands before each name</param>
    /// <param name="isOriginal">whether the stored names are the original's</param>
    /// <param name="type">F32 or F16</param>
    /// <param name="others">further tensors, of zeros</param>
    /// <param name="metadata">words for the header</param>
    public static string Save(
        string path, IEnumerable<(string Name, long[] Shape)> tensors, string prefix = "", bool isOriginal = false,
        StoredType type = StoredType.F32, IEnumerable<(string Name, long[] Shape)>? others = null,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var list = Stored(tensors, prefix, isOriginal)
            .Select(tensor => (Plan: new SafetensorsPlan(tensor.Name, tensor.Shape, type), tensor.Numbers)).ToList();
        foreach (var (name, shape) in others ?? [])
            list.Add((new SafetensorsPlan(name, shape), new float[shape.Aggregate(1L, (product, length) => product * length)]));
        using var writer = new SafetensorsWriter(path, [.. list.Select(tensor => tensor.Plan)], metadata);
        foreach (var tensor in list) writer.Append(tensor.Numbers);
        writer.Complete();
        return path;
    }

    /// <summary>Tensors as they are stored, with <see cref="Numbers"/>.</summary>
    public static IEnumerable<(string Name, long[] Shape, float[] Numbers)> Stored(
        IEnumerable<(string Name, long[] Shape)> tensors, string prefix, bool isOriginal) =>
        from tensor in tensors
        from name in isOriginal ? Original(tensor.Name) : [tensor.Name]
        select (prefix + name, tensor.Shape, Numbers(tensor.Name, tensor.Shape));

    /// <summary>The names of the AnimateDiff repository, with a table of positions for each attention.</summary>
    public static IEnumerable<string> Original(string name)
    {
        (string Ours, string Theirs)[] spellings =
        [
            (".norm1.", ".norms.0."), (".norm2.", ".norms.1."), (".norm3.", ".ff_norm."),
            (".attn1.", ".attention_blocks.0."), (".attn2.", ".attention_blocks.1."),
        ];
        int module = name.IndexOf(".motion_modules.", StringComparison.Ordinal) + ".motion_modules.0".Length;
        name = $"{name[..module]}.temporal_transformer{name[module..]}";
        foreach (var (ours, theirs) in spellings) name = name.Replace(ours, theirs, StringComparison.Ordinal);
        return name.EndsWith(".pos_embed.pe", StringComparison.Ordinal)
            ? [name.Replace("pos_embed", "attention_blocks.0.pos_encoder", StringComparison.Ordinal),
                name.Replace("pos_embed", "attention_blocks.1.pos_encoder", StringComparison.Ordinal)]
            : [name];
    }
}
