using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>One tensor of a model by formula.</summary>
/// <param name="Part">the network</param>
/// <param name="Name">in diffusers' words, which the numbers are a function of</param>
/// <param name="Shape">as diffusers stores it</param>
public sealed record FormulaTensor(ModelPartKind Part, string Name, IReadOnlyList<long> Shape)
{
    private const string Positions = ".pos_embed.pe";

    /// <summary>Numbers in it.</summary>
    public int Count => checked((int)Shape.Aggregate(1L, (product, length) => product * length));

    /// <summary>The table of positions of a motion module, which our networks compute and others read.</summary>
    internal static FormulaTensor PositionsBeside(string norm, long frames, long channels) =>
        new(ModelPartKind.MotionAdapter, norm[..norm.LastIndexOf(".norm1", StringComparison.Ordinal)] + Positions, [1, frames, channels]);

    /// <summary>The numbers.</summary>
    internal void Fill(FormulaWeights formula, Span<float> values)
    {
        if (Name.EndsWith(Positions, StringComparison.Ordinal)) Sinusoids.Positions((int)Shape[1], (int)Shape[2]).CopyTo(values);
        else formula.Read(Name, Shape, values);
    }
}

/// <summary>The tensors of a model by formula, found by letting the networks ask for their weights on a device that computes nothing.</summary>
public static class FormulaTensors
{
    /// <summary>All of them, part by part, in the order in which the networks ask.</summary>
    /// <param name="size">sd15 or tiny</param>
    /// <exception cref="InputException">another size</exception>
    public static IReadOnlyList<FormulaTensor> Of(string size)
    {
        using var parts = FormulaModels.Open(size);
        var asked = parts.Kinds.ToDictionary(pair => pair.Kind, pair => new RecordedWeights(pair.Part.Weights));
        ModelPart Recorded(ModelPartKind kind, ModelPart part) => new(part.ConfigOrigin, part.Config, asked[kind]);
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        EvsNetworks.Load(d, new ModelParts(
            Recorded(ModelPartKind.UNet, parts.UNet), Recorded(ModelPartKind.Vae, parts.Vae), Recorded(ModelPartKind.TextEncoder, parts.TextEncoder),
            Recorded(ModelPartKind.MotionAdapter, parts.Motion!), parts.Tokenizer));

        int frames = MotionConfig.Parse(parts.Motion!.Config).MaxFrames;
        var modules = asked[ModelPartKind.MotionAdapter].Asked.Where(tensor => tensor.Name.EndsWith(".norm1.weight", StringComparison.Ordinal));
        return
        [
            .. asked.SelectMany(part => part.Value.Asked.Select(tensor => new FormulaTensor(part.Key, tensor.Name, Stored(tensor.Name, tensor.Shape)))),
            .. modules.Select(tensor => FormulaTensor.PositionsBeside(tensor.Name, frames, tensor.Shape[0])),
        ];
    }

    /// <summary>The networks ask for 1 x 1 convolutions as matrices; files have four axes for them (models.md 2.3, 3.4).</summary>
    private static IReadOnlyList<long> Stored(string name, IReadOnlyList<long> shape) => shape.Count == 2 && IsConvolution(name.Split('.')) ? [.. shape, 1, 1] : shape;

    private static bool IsConvolution(string[] name) => name switch
    {
        [.., "conv_shortcut", _] or ["quant_conv" or "post_quant_conv", _] or [.., "attentions", _, "proj_in" or "proj_out", _] => true,
        _ => false,
    };
}
