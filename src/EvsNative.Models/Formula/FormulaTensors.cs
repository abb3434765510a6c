using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The tensors of a model by formula, found by letting the networks ask for their weights on a device that computes nothing.
/// </summary>
internal static class FormulaTensors
{
    /// <summary>All of them, part by part, in the order in which the networks ask.</summary>
    /// <param name="size">sd15 or tiny</param>
    /// <exception cref="InputException">another size</exception>
    public static IReadOnlyList<FormulaTensor> Of(string size)
    {
        using var parts = FormulaModels.Open(size);
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var asked = parts.Networks.ToDictionary(part => part.Kind, part => new RecordedWeights(part.Weights));
        WeightSource Weights(ModelPartKind kind) => new WeightStore(d, asked[kind]).Root;
        var motion = parts.Motion!.Config;
        _ = new UNet(Weights(ModelPartKind.UNet), parts.UNet.Config, motion, Weights(ModelPartKind.MotionAdapter));
        _ = new Vae(Weights(ModelPartKind.Vae), parts.Vae.Config);
        _ = new ClipTextEncoder(Weights(ModelPartKind.TextEncoder), parts.TextEncoder.Config);

        var adapter = asked[ModelPartKind.MotionAdapter].Asked;
        var modules = adapter.Where(tensor => tensor.Name.EndsWith(".norm1.weight", StringComparison.Ordinal));
        return
        [
            .. asked.SelectMany(part => part.Value.Asked.Select(tensor => new FormulaTensor(part.Key, tensor.Name, Stored(tensor)))),
            .. modules.Select(tensor => FormulaTensor.PositionsBeside(tensor.Name, motion.MaxFrames, tensor.Shape[0])),
        ];
    }

    /// <summary>The networks ask for 1 x 1 convolutions as matrices; files have four axes for them (models.md 2.3, 3.4).</summary>
    private static IReadOnlyList<long> Stored((string Name, IReadOnlyList<long> Shape) tensor) =>
        tensor.Shape.Count == 2 && IsConvolution(tensor.Name.Split('.')) ? [.. tensor.Shape, 1, 1] : tensor.Shape;

    private static bool IsConvolution(string[] name) => name switch
    {
        [.., "conv_shortcut", _] or ["quant_conv" or "post_quant_conv", _] or [.., "attentions", _, "proj_in" or "proj_out", _] => true,
        _ => false,
    };
}
