using System.Runtime.Intrinsics;
using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Cpu;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Motion;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.Pointwise;
using EvsNative.Kernels.Window;

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
        var patches = new PatchesCpu<TSimd, TVector>(workers);
        return new OperationTable(new FilterPacking<TSimd, TVector>(workers)).Owning(gemm)
            .With<Conv2dCall>(new Conv2dCpu<TSimd, TVector>(workers, scratch, gemm))
            .With<LinearCall>(linear)
            .With<LinearSplitCall>(linear)
            .With<LinearGegluCall>(linear)
            .With<AttentionCall>(new AttentionCpu<TSimd, TVector>(workers))
            .With<WindowAttentionCall>(new WindowAttentionCpu<TSimd, TVector>(workers, scratch))
            .With<GroupNormCall>(new GroupNormCpu<TSimd, TVector>(workers, scratch))
            .With<ChannelMomentsCall>(new ChannelMomentsCpu<TSimd, TVector>(workers, scratch))
            .With<LayerNormCall>(new LayerNormCpu<TSimd, TVector>(workers))
            .With<RescaleGuidanceCall>(new RescaleGuidanceCpu(workers, scratch))
            .With<EmbedCall>(pointwise)
            .With<CombineCall>(pointwise)
            .With<ActivateCall>(pointwise)
            .With<PreluCall>(new PreluCpu<TSimd, TVector>(workers))
            .With<CopyCall>(pointwise)
            .With<CopyChannelsCall>(new CopyChannelsCpu<TSimd, TVector>(workers))
            .With<CountNonFiniteCall>(pointwise)
            .With<ResizeCall>(new ResizeCpu<TSimd, TVector>(workers))
            .With<PatchesCall>(patches)
            .With<UnpatchesCall>(patches)
            .With<DepthwiseCall>(new DepthwiseCpu<TSimd, TVector>(workers))
            .With<AveragePoolCall>(new AveragePoolCpu<TSimd, TVector>(workers))
            .With<BlendCall>(new BlendCpu<TSimd, TVector>(workers))
            .With<WarpCall>(new WarpCpu<TSimd, TVector>(workers))
            .With<LookupCall>(new LookupCpu<TSimd, TVector>(workers))
            .With<NoiseCall>(new NoiseCpu(workers))
            .With<FromBytesCall>(frames)
            .With<ToBytesCall>(frames);
    }
}
