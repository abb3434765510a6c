namespace EvsNative.Models;

/// <summary>The sizes of a Swin transformer over clips (<see cref="Swin3d"/>).</summary>
/// <param name="Channels">of the first layer; each layer has twice as many as the one before</param>
/// <param name="Depths">blocks of each layer</param>
/// <param name="Heads">attention heads of each layer</param>
/// <param name="HasFragments">
/// for each layer, whether its attention has a second table of biases, for tokens of one fragment of the mosaic that it looks at
/// </param>
public sealed record Swin3dConfig(
    int Channels, IReadOnlyList<int> Depths, IReadOnlyList<int> Heads, IReadOnlyList<bool> HasFragments)
{
    /// <summary>Swin-T of DOVER's technical branch.</summary>
    public static Swin3dConfig Tiny { get; } = new(96, [2, 2, 6, 2], [3, 6, 12, 24], [true, true, true, false]);

    /// <summary>Tokens of an attention window in time, down and across.</summary>
    internal static (int D, int H, int W) Window => (8, 7, 7);

    /// <summary>How far every other block's windows are shifted: half a window.</summary>
    internal static (int D, int H, int W) Shift => (4, 3, 3);

    /// <summary>Channels of the result.</summary>
    public int OutChannels => Channels << (Depths.Count - 1);
}
