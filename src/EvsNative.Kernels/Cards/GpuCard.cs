using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cards;

/// <summary>A card that runs can be planned for where it is not.</summary>
/// <param name="Word">as users name it</param>
/// <param name="Caps">as its driver reports it</param>
/// <param name="Limits">what its hardware does at most</param>
/// <param name="Portable">what the kernels for any GPU are expected to reach</param>
/// <param name="Tensor">what the kernels for tensor cores, and those beside them, are expected to reach</param>
public sealed record GpuCard(string Word, GpuCaps Caps, GpuLimits Limits, KernelRates Portable, KernelRates Tensor)
{
    /// <summary>A device that does nothing, with the kernels that the card would run; the user's choice of kinds holds, too.</summary>
    /// <param name="precision">how activations are stored</param>
    public Device OpenDry(ElementType precision) => Device.Open(
        new DeviceOptions(Backend.Null, Precision: precision, Profile: Caps with { Kernels = KernelChoice.OfUser() }));

    /// <summary>The rates of the kernel of this name: those for any GPU say so.</summary>
    public KernelRates RatesOf(string kernel) => kernel.Contains(nameof(Portable), StringComparison.Ordinal) ? Portable : Tensor;
}
