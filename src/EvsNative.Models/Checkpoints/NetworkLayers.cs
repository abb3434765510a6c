using System.Diagnostics.CodeAnalysis;

namespace EvsNative.Models;

/// <summary>
/// The layers of a network under their two names: diffusers' and those of the original Stable Diffusion. One table, read both ways. A
/// layer's tensors have the layer's name and a word behind it. Sources: models.md 2.2, 2.3, 3.4.
/// </summary>
internal sealed class NetworkLayers
{
    private static readonly string[] Ends = [".weight", ".bias"];

    private static readonly (string Diffusers, string Original)[] Resnet =
    [
        ("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"), ("norm2", "out_layers.0"),
        ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection"),
    ];

    private static readonly (string Diffusers, string Original)[] Transformer = Same(
    [
        "norm", "proj_in", "proj_out", .. new[]
        {
            "norm1", "norm2", "norm3", "attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0", "attn2.to_q", "attn2.to_k",
            "attn2.to_v", "attn2.to_out.0", "ff.net.0.proj", "ff.net.2",
        }.Select(layer => $"transformer_blocks.0.{layer}"),
    ]);

    private static readonly (string Diffusers, string Original)[] VaeResnet =
        [.. Same(["norm1", "conv1", "norm2", "conv2"]), ("conv_shortcut", "nin_shortcut")];

    private static readonly (string Diffusers, string Original)[] VaeAttention =
        [("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out")];

    private readonly Dictionary<string, string> _originals = [], _diffusers = [];

    private NetworkLayers()
    {
    }

    /// <summary>The names of the original Stable Diffusion.</summary>
    public IEnumerable<string> Originals => _diffusers.Keys;

    /// <summary>The layers of a U-Net.</summary>
    /// <param name="layers">resnets in a down block; an up block has one more</param>
    /// <param name="upHasAttention">which up blocks have transformers, from the smallest size up: as many as there are levels</param>
    public static NetworkLayers UNet(int layers, IReadOnlyList<bool> upHasAttention)
    {
        var table = new NetworkLayers();
        table.Add("time_embedding.linear_1", "time_embed.0");
        table.Add("time_embedding.linear_2", "time_embed.2");
        table.Add("conv_in", "input_blocks.0.0");
        for (int block = 0; block < upHasAttention.Count; block++)
        {
            string down = $"down_blocks.{block}", up = $"up_blocks.{block}";
            int first = (layers + 1) * block;
            for (int i = 0; i < layers; i++) table.AddLayer(down, i, $"input_blocks.{first + 1 + i}");
            table.Add($"{down}.downsamplers.0.conv", $"input_blocks.{first + 1 + layers}.0.op");
            for (int i = 0; i <= layers; i++) table.AddLayer(up, i, $"output_blocks.{first + i}");

            // Behind the last layer of a block, whose transformer, where there is one, comes first. When read, either place will do.
            string[] places = [$"output_blocks.{first + layers}.1.conv", $"output_blocks.{first + layers}.2.conv"];
            table.Add($"{up}.upsamplers.0.conv", upHasAttention[block] ? places[1] : places[0]);
            foreach (string place in places) table._diffusers.TryAdd(place, $"{up}.upsamplers.0.conv");
        }

        table.Add("mid_block.resnets.0", "middle_block.0", Resnet);
        table.Add("mid_block.attentions.0", "middle_block.1", Transformer);
        table.Add("mid_block.resnets.1", "middle_block.2", Resnet);
        table.Add("conv_norm_out", "out.0");
        table.Add("conv_out", "out.2");
        return table;
    }

    /// <summary>The layers of an autoencoder.</summary>
    /// <param name="layers">resnets of an encoder level; a decoder level has one more</param>
    /// <param name="levels">sizes; diffusers counts the decoder's from the smallest up, the original from the largest down</param>
    public static NetworkLayers Vae(int layers, int levels)
    {
        var table = new NetworkLayers();
        foreach (string half in new[] { "encoder", "decoder" })
        {
            table.Add($"{half}.conv_in", $"{half}.conv_in");
            table.Add($"{half}.mid_block.resnets.0", $"{half}.mid.block_1", VaeResnet);
            table.Add($"{half}.mid_block.attentions.0", $"{half}.mid.attn_1", VaeAttention);
            table.Add($"{half}.mid_block.resnets.1", $"{half}.mid.block_2", VaeResnet);
            table.Add($"{half}.conv_norm_out", $"{half}.norm_out");
            table.Add($"{half}.conv_out", $"{half}.conv_out");
        }

        for (int i = 0; i < levels; i++)
        {
            int reversed = levels - 1 - i;
            for (int j = 0; j < layers; j++) table.Add($"encoder.down_blocks.{i}.resnets.{j}", $"encoder.down.{i}.block.{j}", VaeResnet);
            table.Add($"encoder.down_blocks.{i}.downsamplers.0.conv", $"encoder.down.{i}.downsample.conv");
            for (int j = 0; j <= layers; j++)
                table.Add($"decoder.up_blocks.{i}.resnets.{j}", $"decoder.up.{reversed}.block.{j}", VaeResnet);
            table.Add($"decoder.up_blocks.{i}.upsamplers.0.conv", $"decoder.up.{reversed}.upsample.conv");
        }

        table.Add("quant_conv", "quant_conv");
        table.Add("post_quant_conv", "post_quant_conv");
        return table;
    }

    /// <summary>The original's name of a tensor, or null for one that is not of the network.</summary>
    public string? ToOriginal(string tensor) => Translate(_originals, tensor);

    /// <summary>diffusers' name of a tensor, or null for one that is not of the network.</summary>
    public string? ToDiffusers(string tensor) => Translate(_diffusers, tensor);

    /// <summary>True if the network has a tensor of this name, which is diffusers'.</summary>
    public bool Has(string tensor) => TrySplit(tensor, out string? layer, out _) && _originals.ContainsKey(layer);

    private static string? Translate(Dictionary<string, string> names, string tensor) =>
        TrySplit(tensor, out string? layer, out string? end) && names.TryGetValue(layer, out string? other) ? other + end : null;

    private static bool TrySplit(string tensor, [NotNullWhen(true)] out string? layer, [NotNullWhen(true)] out string? end)
    {
        end = Ends.FirstOrDefault(word => tensor.EndsWith(word, StringComparison.Ordinal));
        layer = end is null ? null : tensor[..^end.Length];
        return layer is not null;
    }

    private static (string Diffusers, string Original)[] Same(string[] layers) => [.. layers.Select(layer => (layer, layer))];

    private void AddLayer(string block, int index, string original)
    {
        Add($"{block}.resnets.{index}", $"{original}.0", Resnet);
        Add($"{block}.attentions.{index}", $"{original}.1", Transformer);
    }

    private void Add(string diffusers, string original, (string Diffusers, string Original)[] layers)
    {
        foreach (var layer in layers) Add($"{diffusers}.{layer.Diffusers}", $"{original}.{layer.Original}");
    }

    private void Add(string diffusers, string original)
    {
        _originals.Add(diffusers, original);
        _diffusers.Add(original, diffusers);
    }
}
