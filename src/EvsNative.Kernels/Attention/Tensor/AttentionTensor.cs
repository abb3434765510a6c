using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention on tensor cores where a plan and the places of the tensors allow it: binary16, sequences of tokens, heads of a multiple of 8
/// channels up to 160. All else goes to another operation.
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="others">takes what has no form here: float32, causal, along frames, other heads, tensors that are not on 16 bytes</param>
internal sealed class AttentionTensor(GpuRuntime gpu, IOperation<AttentionCall> others) : IOperation<AttentionCall>
{
    private const float Log2E = 1.4426950408889634f;

    private readonly KernelVariants<StreamingArgs> _streaming = new(gpu, typeof(StreamingAttention), nameof(StreamingAttention.Kernel));

    public void Run(in AttentionCall call)
    {
        if (PlanOf(gpu.Caps, call) is { } plan) Stream(call, plan);
        else others.Run(call);
    }

    /// <summary>The form that a call takes; null if it goes to another operation.</summary>
    public static AttentionPlanTensor? PlanOf(GpuCaps caps, in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        bool isOfKind = q.Type == ElementType.Float16 && options is { Axis: SequenceAxis.Tokens, IsCausal: false };
        bool isInPlace = IsInPlace(y) && IsInPlace(q) && IsInPlace(k) && IsInPlace(v);
        if (options.Blend is { } blend) isInPlace &= IsInPlace(blend.Inverted);
        return isOfKind && isInPlace ? AttentionPlanTensor.Of(caps, q.Shape.C / options.Heads, q.Shape.Pixels) : null;
    }

    // Kernels move 16 bytes at a time.
    private static bool IsInPlace(Tensor tensor) => tensor.Offset % 8 == 0;

    private void Stream(in AttentionCall call, AttentionPlanTensor plan)
    {
        var (y, q, k, v, options) = call;
        Shape s = q.Shape, t = k.Shape;
        int headSize = s.C / options.Heads;
        var args = new StreamingArgs
        {
            Y = y.Operand(),
            Q = q.Operand(),
            Inverted = (options.Blend?.Inverted).Operand(q),
            K = k.Operand(),
            V = v.Operand(),
            Gamma = options.Blend?.Gamma ?? 0,
            Scale = Log2E / MathF.Sqrt(headSize),
            Queries = s.Pixels,
            Keys = t.Pixels,
            Heads = options.Heads,
            Parts = plan.Parts,
            Step = s.C * 2,
            Chunks = headSize / 8,
            SharesKeys = t.N == 1 ? 1 : 0,
        };
        var queries = options.Blend is null ? typeof(StreamedQueries) : typeof(StreamedBlend);
        var needs = new GpuKernelOptions(plan.SharedBytes, plan.MinGroups);
        var groups = new Groups(checked(s.N * options.Heads * plan.Parts));
        _streaming.Get(plan.Threads, needs, plan.Core, queries, plan.Tile).Launch(groups, args);
    }
}
