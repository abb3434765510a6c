using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Motion;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.Pointwise;
using EvsNative.Kernels.Window;

namespace EvsNative.Kernels.Backends;

/// <summary>What a GPU can do: a line for each operation. Kernels for tensor cores fall back on the portable ones.</summary>
internal static class GpuOperations
{
    /// <param name="gpu">where they run</param>
    /// <param name="scratch">temporary memory</param>
    public static OperationTable Table(GpuRuntime gpu, Scratch scratch)
    {
        var pointwise = new PointwisePortable(gpu, scratch);
        var frames = new FrameBytesPortable(gpu, scratch);
        var norm = new GroupNormPortable(gpu, scratch);
        return Products(new OperationTable(new FilterPackingGpu(gpu)), gpu, norm)
            .With(Attention(gpu, scratch))
            .With<WindowAttentionCall>(new WindowAttentionPortable(gpu))
            .With<GroupNormCall>(norm)
            .With<ChannelMomentsCall>(new ChannelMomentsPortable(norm))
            .With<LayerNormCall>(new LayerNormPortable(gpu))
            .With<RescaleGuidanceCall>(new RescaleGuidancePortable(gpu, scratch))
            .With<EmbedCall>(new EmbedPortable(gpu, scratch))
            .With<CombineCall>(pointwise)
            .With<ActivateCall>(pointwise)
            .With<PreluCall>(new PreluPortable(gpu))
            .With<CopyCall>(pointwise)
            .With<CopyChannelsCall>(new CopyChannelsPortable(gpu))
            .With<CountNonFiniteCall>(pointwise)
            .With<ResizeCall>(new ResizePortable(gpu))
            .With<PatchesCall>(new PatchesPortable(gpu))
            .With<UnpatchesCall>(new UnpatchesPortable(gpu))
            .With<DepthwiseCall>(new DepthwisePortable(gpu))
            .With<AveragePoolCall>(new AveragePoolPortable(gpu))
            .With<BlendCall>(new BlendPortable(gpu))
            .With<WarpCall>(new WarpPortable(gpu))
            .With<LookupCall>(new LookupPortable(gpu))
            .With<NoiseCall>(new NoisePortable(gpu))
            .With<FromBytesCall>(frames)
            .With<ToBytesCall>(frames);
    }

    private static IOperation<AttentionCall> Attention(GpuRuntime gpu, Scratch scratch)
    {
        var portable = new AttentionPortable(gpu);
        return gpu.Caps.TensorCores == TensorGeneration.None ? portable
            : new TextAttention(gpu, new FrameAttention(gpu, new WideAttention(gpu, scratch, new AttentionTensor(gpu, portable))));
    }

    private static OperationTable Products(OperationTable table, GpuRuntime gpu, GroupNormPortable norm)
    {
        var linear = new LinearPortable(gpu, leaveMoments: norm.Leave);
        var convolution = new Conv2dPortable(gpu, leaveMoments: norm.Leave);
        if (gpu.Caps.TensorCores == TensorGeneration.None) return With(table, linear, linear, linear, convolution);
        var tensor = new LinearTensor(gpu, linear);
        return With(table, tensor, tensor, tensor, new Conv2dTensor(gpu, convolution));
    }

    private static OperationTable With(OperationTable table, IOperation<LinearCall> linear, IOperation<LinearSplitCall> split,
        IOperation<LinearGegluCall> gated, IOperation<Conv2dCall> convolution) =>
        table.With(convolution).With(linear).With(split).With(gated);
}
