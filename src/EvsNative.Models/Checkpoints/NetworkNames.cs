using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The tensors of one network in a file of any layout: what each is called in our network. A network's blocks and layers are counted in the
/// names themselves.
/// </summary>
/// <param name="names">the names of the file</param>
/// <param name="place">where the network lies in it</param>
internal sealed class NetworkNames(CheckpointNames names, NetworkPlace place)
{
    private const string AveragedModel = "diffusion_model";

    /// <summary>Fewest tensors of a layer: a resnet of two norms and two convolutions, each with its bias.</summary>
    private const int FewestTensors = 8;

    /// <summary>From a stored name to the one that our U-Net asks for; null for what is none of its tensors.</summary>
    public Func<string, string?> UNet()
    {
        bool isDiffusers = place.Layout == CheckpointLayout.Diffusers;
        bool IsSampler(int i) => Holds($"input_blocks.{i}.0.op.weight");
        int blocks = CountOf(i => IsSampler(i) || Holds($"input_blocks.{i}.0.in_layers.2.weight"), from: 1);
        int layers = isDiffusers
            ? CountOf(i => Holds($"down_blocks.0.resnets.{i}.conv1.weight"))
            : CountOf(i => i <= blocks && !IsSampler(i), from: 1);
        int levels = isDiffusers ? CountOf(i => Holds($"down_blocks.{i}.resnets.0.conv1.weight")) : (blocks + 1) / (layers + 1);
        var table = NetworkLayers.UNet(layers, [.. Enumerable.Repeat(true, Believed(levels, layers))]);
        if (place.Layout == CheckpointLayout.Averages) return Averaged(table);
        return Named(isDiffusers ? name => table.Has(name) ? name : null : table.ToDiffusers);
    }

    /// <summary>The same for the autoencoder.</summary>
    public Func<string, string?> Vae()
    {
        bool isDiffusers = place.Layout == CheckpointLayout.Diffusers;
        var (down, up, resnets) = isDiffusers
            ? ("encoder.down_blocks.", "decoder.up_blocks.", "resnets.")
            : ("encoder.down.", "decoder.up.", "block.");
        int levels = Math.Max(CountOf(i => Starts(down, i)), CountOf(i => Starts(up, i)));
        int encoded = CountOf(i => Starts($"{down}0.{resnets}", i)), decoded = CountOf(i => Starts($"{up}0.{resnets}", i));
        int layers = encoded > 0 ? encoded : Math.Max(0, decoded - 1);
        var table = NetworkLayers.Vae(layers, Believed(levels, layers));
        return Named(name =>
        {
            string today = LegacyNames.Vae(name);
            return !isDiffusers ? table.ToDiffusers(today) : table.Has(today) ? today : null;
        });
    }

    /// <summary>The same for the text encoder.</summary>
    public Func<string, string?> TextEncoder() =>
        Named(name => LegacyNames.TextEncoder(name) is { } today && TextLayers.Has(today) ? today : null);

    private static int CountOf(Func<int, bool> holds, int from = 0)
    {
        int count = 0;
        while (count < InputLimits.Layers && holds(from + count)) count++;
        return count;
    }

    /// <summary>
    /// The levels, unless there are more layers by names than the file has tensors for: no table is made larger than what is there.
    /// </summary>
    private int Believed(int levels, int layers)
    {
        int most = Math.Min(levels, InputLimits.Levels);
        return most * (layers + layers + 1) * FewestTensors <= names.Count ? most : 0;
    }

    private Func<string, string?> Named(Func<string, string?> today) =>
        stored => stored.StartsWith(place.Prefix, StringComparison.Ordinal) ? today(stored[place.Prefix.Length..]) : null;

    /// <summary>Averages have the names of the original without their dots, which no two layers share.</summary>
    private Func<string, string?> Averaged(NetworkLayers table)
    {
        var stored = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string layer in table.Originals)
            foreach (string end in new[] { ".weight", ".bias" })
                stored[Flat(layer + end)] = table.ToDiffusers(layer + end)!;
        return stored.GetValueOrDefault;
    }

    private bool Holds(string name) =>
        names.Shape(place.Layout == CheckpointLayout.Averages ? Flat(name) : place.Prefix + name) is not null;

    private bool Starts(string path, int index) => names.Starts($"{place.Prefix}{path}{index}.");

    private string Flat(string name) => place.Prefix + AveragedModel + name.Replace(".", "", StringComparison.Ordinal);
}
