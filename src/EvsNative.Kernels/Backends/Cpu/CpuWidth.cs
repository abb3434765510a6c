using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;

namespace EvsNative.Kernels.Backends;

/// <summary>Which vectors the CPU backend computes with: the widest the processor has, or fewer for tests of the others.</summary>
internal static class CpuWidth
{
    /// <summary>
    /// Bits of the widest vectors. AVX-512 is taken wherever it is: the runtime's own preference shuns it on processors that lower their clock for
    /// it, where a product still gains.
    /// </summary>
    public static int Widest => Avx512F.IsSupported || Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Numbers in the widest vectors.</summary>
    public static int Lane => Widest / 32;

    /// <summary>The kernels compiled for vectors of this many bits.</summary>
    public static IKernels Kernels(int bits, CpuWorkers workers, Scratch scratch) => bits switch
    {
        512 => new CpuKernels<Simd512, Vector512<float>>(workers, scratch),
        256 => new CpuKernels<Simd256, Vector256<float>>(workers, scratch),
        _ => new CpuKernels<Simd128, Vector128<float>>(workers, scratch),
    };

    /// <summary>How the widest vectors' kernels pack a filter.</summary>
    public static PanelLayout Layout(FilterShape shape) => Widest switch
    {
        512 => PanelLayout.Of<Simd512, Vector512<float>>(shape),
        256 => PanelLayout.Of<Simd256, Vector256<float>>(shape),
        _ => PanelLayout.Of<Simd128, Vector128<float>>(shape),
    };
}
