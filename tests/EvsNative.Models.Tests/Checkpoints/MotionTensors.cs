namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Names and shapes of motion adapters, in diffusers' words and in the original's.</summary>
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

    /// <summary>The names of the AnimateDiff repository, with a table of positions for each attention.</summary>
    public static IEnumerable<string> Original(string name)
    {
        (string Ours, string Theirs)[] spellings =
        [
            (".norm1.", ".norms.0."), (".norm2.", ".norms.1."), (".norm3.", ".ff_norm."),
            (".attn1.", ".attention_blocks.0."), (".attn2.", ".attention_blocks.1."),
        ];
        int module = name.IndexOf(".motion_modules.", StringComparison.Ordinal) + ".motion_modules.0".Length;
        name = $"module.{name[..module]}.temporal_transformer{name[module..]}";
        foreach (var (ours, theirs) in spellings) name = name.Replace(ours, theirs, StringComparison.Ordinal);
        return name.EndsWith(".pos_embed.pe", StringComparison.Ordinal)
            ? [name.Replace("pos_embed", "attention_blocks.0.pos_encoder", StringComparison.Ordinal),
                name.Replace("pos_embed", "attention_blocks.1.pos_encoder", StringComparison.Ordinal)]
            : [name];
    }
}
