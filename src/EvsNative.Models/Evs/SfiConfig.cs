using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>Sets of layers whose features are injected.</summary>
public enum SfiPreset
{
    /// <summary>None.</summary>
    None,

    /// <summary>Structure: the self-attentions near the bottleneck with gamma 0.8, and the convolutional feature f.</summary>
    Deep,

    /// <summary>Texture: the self-attentions behind those, with gamma 0.5.</summary>
    Shallow,

    /// <summary>All self-attentions on the way up with gamma 1, and f: the upper limit of reconstruction.</summary>
    Full,
}

/// <summary>
/// Selective feature injection: which features recorded on the way up replace those on the way down, and how much of the query does
/// (Attn(gamma Q_inv + (1 - gamma) Q, K_inv, V_inv), the paper's Eq. 11). Lists count the layers of the way up, from the bottleneck on.
/// </summary>
/// <param name="Preset">where the other fields say nothing</param>
/// <param name="Attentions">self-attentions by number (SD1.5: 0..8), instead of the preset's</param>
/// <param name="Convs">residual branches of resnets by number (SD1.5: 0..11; f is 4), instead of the preset's</param>
/// <param name="Gamma">weight of the recorded query, 0..1, instead of the preset's</param>
public sealed record SfiConfig(
    SfiPreset Preset = SfiPreset.None, IReadOnlyList<int>? Attentions = null, IReadOnlyList<int>? Convs = null, double? Gamma = null)
{
    /// <summary>True if any feature is injected.</summary>
    public bool IsOn =>
        Attentions is { Count: > 0 }
        || Convs is { Count: > 0 }
        || (Preset != SfiPreset.None && (Attentions is null || (Convs is null && HasConv)));

    /// <summary>The weight of the recorded query that holds.</summary>
    public double QueryWeight => Gamma ?? Preset switch
    {
        SfiPreset.Shallow => 0.5,
        SfiPreset.Full => 1,
        _ => 0.8,
    };

    private bool HasConv => Preset is SfiPreset.Deep or SfiPreset.Full;

    /// <summary>The names under which the U-Net offers these features.</summary>
    /// <exception cref="InputException">a number beyond the network's layers</exception>
    public IReadOnlySet<string> Names(NamedFeatures features)
    {
        var attentions = Attentions is { } numbers
            ? Pick("attention", features.Full, numbers)
            : Preset switch
            {
                SfiPreset.Deep => features.Deep,
                SfiPreset.Shallow => features.Shallow,
                SfiPreset.Full => features.Full,
                _ => [],
            };
        string[] convs = Convs is { } layers
            ? Pick("conv feature", [.. features.UpResnets.SelectMany(block => block)], layers)
            : HasConv ? [features.ConvFeature] : [];
        return attentions.SelectMany(path => new[] { $"{path}.q", $"{path}.k", $"{path}.v" }).Concat(convs).ToHashSet();
    }

    private static string[] Pick(string what, IReadOnlyList<string> all, IReadOnlyList<int> numbers)
    {
        foreach (int i in numbers)
        {
            if (i >= 0 && i < all.Count) continue;
            throw new InputException(
                InputCode.OutOfRange, $"feature injection: there is no {what} {i}, the model has 0 to {all.Count - 1}");
        }

        return [.. numbers.Select(i => all[i])];
    }
}
