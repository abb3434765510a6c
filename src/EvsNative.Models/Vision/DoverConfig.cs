namespace EvsNative.Models;

/// <summary>The sizes of DOVER.</summary>
/// <param name="Technical">the branch that looks at fragments in their own resolution</param>
/// <param name="Aesthetic">the branch that looks at whole frames, made smaller</param>
/// <param name="HeadChannels">channels inside both heads</param>
public sealed record DoverConfig(Swin3dConfig Technical, ConvNeXt3dConfig Aesthetic, int HeadChannels = 64)
{
    /// <summary>Frames of a clip, in both branches.</summary>
    public const int Frames = 32;

    /// <summary>The published network, whose weights are DOVER.pth.</summary>
    public static DoverConfig Published { get; } = new(Swin3dConfig.Tiny, ConvNeXt3dConfig.Tiny);
}
