namespace EvsNative.Models;

/// <summary>
/// Dimensions of tensors as diffusers stores them. Products over pixels are 1 x 1 convolutions in some places and linear layers in others,
/// and files differ in which: the numbers are the same. Source: models.md 2.3 and 3.4.
/// </summary>
internal static class NetworkShapes
{
    /// <summary>The dimensions of a tensor in a folder of diffusers.</summary>
    /// <param name="kind">the network</param>
    /// <param name="name">diffusers' name</param>
    /// <param name="shape">the dimensions somewhere else</param>
    public static IReadOnlyList<long> InDiffusers(ModelPartKind kind, string name, IReadOnlyList<long> shape)
    {
        if (!name.EndsWith(".weight", StringComparison.Ordinal) || kind == ModelPartKind.TextEncoder) return shape;
        string[] words = name.Split('.');
        if (shape.Count == 2 && IsConvolution(kind, words)) return [.. shape, 1, 1];
        return shape is [_, _, 1, 1] && IsLinear(kind, words) ? [shape[0], shape[1]] : shape;
    }

    /// <summary>Shortcuts of resnets, the ends of an autoencoder's latents, the doors of a U-Net's spatial transformers.</summary>
    private static bool IsConvolution(ModelPartKind kind, string[] name) => name switch
    {
        [.., "conv_shortcut", _] or ["quant_conv" or "post_quant_conv", _] => true,
        [.., "attentions", _, "proj_in" or "proj_out", _] => kind == ModelPartKind.UNet,
        _ => false,
    };

    /// <summary>The four layers of an autoencoder's attention, and all of a motion module's.</summary>
    private static bool IsLinear(ModelPartKind kind, string[] name) =>
        kind == ModelPartKind.MotionAdapter || (kind == ModelPartKind.Vae && name.Contains("attentions"));
}
