using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.Pointwise;

namespace EvsNative.Kernels.Backends;

/// <summary>What any GPU can do: a line for each operation.</summary>
internal static class PortableOperations
{
    /// <param name="gpu">where they run</param>
    /// <param name="scratch">temporary memory</param>
    public static OperationTable Table(GpuRuntime gpu, Scratch scratch)
    {
        var linear = new LinearPortable(gpu);
        var pointwise = new PointwisePortable(gpu, scratch);
        var attention = new AttentionPortable(gpu);
        var frames = new FrameBytesPortable(gpu, scratch);
        return new OperationTable(new FilterPackingGpu(gpu))
            .With<Conv2dCall>(new Conv2dPortable(gpu))
            .With<LinearCall>(linear)
            .With<LinearSplitCall>(linear)
            .With<LinearGegluCall>(linear)
            .With<AttentionCall>(gpu.Caps.TensorCores == TensorGeneration.None ? attention : new AttentionTensor(gpu, attention))
            .With<GroupNormCall>(new GroupNormPortable(gpu, scratch))
            .With<LayerNormCall>(new LayerNormPortable(gpu))
            .With<RescaleGuidanceCall>(new RescaleGuidancePortable(gpu, scratch))
            .With<EmbedCall>(new EmbedPortable(gpu, scratch))
            .With<CombineCall>(pointwise)
            .With<ActivateCall>(pointwise)
            .With<CopyCall>(pointwise)
            .With<CountNonFiniteCall>(pointwise)
            .With<ResizeCall>(new ResizePortable(gpu))
            .With<NoiseCall>(new NoisePortable(gpu))
            .With<FromBytesCall>(frames)
            .With<ToBytesCall>(frames);
    }
}
