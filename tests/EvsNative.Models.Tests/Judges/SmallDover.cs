using EvsNative.Kernels;
using EvsNative.Models.Tests.Networks;

namespace EvsNative.Models.Tests.Judges;

/// <summary>DOVER of the goldens' small sizes (tests/reference/metrics_golden.py), with weights by formula.</summary>
internal static class SmallDover
{
    public static DoverConfig Sizes { get; } = new(
        Swin3dConfig.Tiny with { Channels = 32, Depths = [2, 2, 2, 2], Heads = [1, 2, 4, 8] },
        new ConvNeXt3dConfig([16, 32, 48, 64], [3, 3, 4, 3]));

    public static Dover Open(Device d) => new(SmallNetworks.Weights(d), Sizes);
}
