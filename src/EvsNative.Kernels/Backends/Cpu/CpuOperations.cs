using System.Runtime.Intrinsics;
using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.Pointwise;

namespace EvsNative.Kernels.Backends;

/// <summary>What the processor can do: a line for each operation.</summary>
internal static class CpuOperations
{
    /// <param name="bits">of the vectors that the operations are compiled for</param>
    /// <param name="workers">who computes; dry ones let the operations rent their memory and do nothing else</param>
    /// <param name="scratch">temporary memory</param>
    public static OperationTable Table(int bits, CpuWorkers workers, Scratch scratch) => bits switch
    {
        512 => Table<Simd512, Vector512<float>>(workers, scratch),
        256 => Table<Simd256, Vector256<float>>(workers, scratch),
        _ => Table<Simd128, Vector128<float>>(workers, scratch),
    };

    private static OperationTable Table<TSimd, TVector>(CpuWorkers workers, Scratch scratch)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        var gemm = new GemmCpu<TSimd, TVector>(workers);
        var linear = new LinearCpu<TSimd, TVector>(gemm);
        var pointwise = new PointwiseCpu<TSimd, TVector>(workers);
        var frames = new FrameBytesCpu(workers);
        return new OperationTable(new FilterPacking<TSimd, TVector>(workers)).Owning(gemm)
            .With<Conv2dCall>(new Conv2dCpu<TSimd, TVector>(workers, scratch, gemm))
            .With<LinearCall>(linear)
            .With<LinearSplitCall>(linear)
            .With<LinearGegluCall>(linear)
            .With<AttentionCall>(new AttentionCpu<TSimd, TVector>(workers))
            .With<GroupNormCall>(new GroupNormCpu<TSimd, TVector>(workers, scratch))
            .With<ChannelMomentsCall>(new ChannelMomentsCpu<TSimd, TVector>(workers, scratch))
            .With<LayerNormCall>(new LayerNormCpu<TSimd, TVector>(workers))
            .With<RescaleGuidanceCall>(new RescaleGuidanceCpu(workers, scratch))
            .With<EmbedCall>(pointwise)
            .With<CombineCall>(pointwise)
            .With<ActivateCall>(pointwise)
            .With<CopyCall>(pointwise)
            .With<CopyChannelsCall>(new CopyChannelsCpu<TSimd, TVector>(workers))
            .With<CountNonFiniteCall>(pointwise)
            .With<ResizeCall>(new ResizeCpu<TSimd, TVector>(workers))
            .With<NoiseCall>(new NoiseCpu(workers))
            .With<FromBytesCall>(frames)
            .With<ToBytesCall>(frames);
    }
}
