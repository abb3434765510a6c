using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>The network that each judge's file holds.</summary>
internal static class JudgeNetworks
{
    /// <summary>
    /// Holds a file's names and shapes against its network, which is built on a device that computes nothing: no number is read.
    /// </summary>
    /// <exception cref="InputException">tensors are missing, left over or of other shapes</exception>
    public static void Verify(JudgeKind kind, IWeightFile weights)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null));
        var store = new WeightStore(d, weights);
        _ = Build(kind, store.Root);
        store.Verify();
    }

    private static object Build(JudgeKind kind, WeightSource w) => kind switch
    {
        JudgeKind.Amt => new FrameInterpolator(w, AmtConfig.AmtS),
        JudgeKind.Dino => new VisionTransformer(w, VisionTransformerConfig.B16),
        JudgeKind.Dover => new Dover(w, DoverConfig.Published),
        JudgeKind.AestheticHead => new AestheticHead(w, SiglipConfig.So400m),
        JudgeKind.Siglip => new Siglip(w, SiglipConfig.So400m),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
