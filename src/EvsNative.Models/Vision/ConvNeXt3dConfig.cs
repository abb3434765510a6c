namespace EvsNative.Models;

/// <summary>The sizes of a ConvNeXt over clips (<see cref="ConvNeXt3d"/>).</summary>
/// <param name="Channels">of each stage</param>
/// <param name="Depths">blocks of each stage</param>
public sealed record ConvNeXt3dConfig(IReadOnlyList<int> Channels, IReadOnlyList<int> Depths)
{
    /// <summary>ConvNeXt-T of DOVER's aesthetic branch.</summary>
    public static ConvNeXt3dConfig Tiny { get; } = new([96, 192, 384, 768], [3, 3, 9, 3]);
}
