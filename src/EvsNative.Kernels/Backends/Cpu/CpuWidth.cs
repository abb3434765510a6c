using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EvsNative.Kernels.Backends;

/// <summary>Which vectors the CPU backend computes with: the widest the processor has, or fewer for tests of the others.</summary>
internal static class CpuWidth
{
    /// <summary>
    /// Bits of the widest vectors. AVX-512 is taken wherever it is: the runtime's own preference shuns it on processors that lower their
    /// clock for it, where a product still gains.
    /// </summary>
    public static int Widest => Avx512F.IsSupported || Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
