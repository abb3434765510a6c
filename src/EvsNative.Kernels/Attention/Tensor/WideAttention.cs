using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Attention;

/// <summary>
/// Attention of wide heads in float32, such as the autoencoder's one of 512 channels, on tensor cores in tf32.
/// <code>
/// scores   a block of queries against all keys, into temporary memory: <see cref="WideProduct"/>, keys are its right operand as they lie
/// weights  their softmax in place: <see cref="WideSoftmax"/>
/// result   weights by values: <see cref="WideProduct"/> again
/// </code>
/// </summary>
/// <param name="gpu">where it runs</param>
/// <param name="scratch">temporary memory</param>
/// <param name="others">takes what has no form here</param>
/// <param name="mostRows">the most queries whose scores are in memory at a time</param>
internal sealed class WideAttention(
    GpuRuntime gpu, Scratch scratch, IOperation<AttentionCall> others, int mostRows = WidePlan.MostRows) : IOperation<AttentionCall>
{
    private const float Log2E = 1.4426950408889634f;

    // Copies are of 16 bytes.
    private const int Multiple = 4;

    private readonly KernelVariants<WideProduct.Launch> _product = new(gpu, typeof(WideProduct), nameof(WideProduct.Kernel));
    private readonly KernelVariants<WideSoftmax.Args> _softmax = new(gpu, typeof(WideSoftmax), nameof(WideSoftmax.Kernel));

    /// <summary>True if a call is for this kernel.</summary>
    public static bool Takes(GpuCaps caps, in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        return options is { Axis: SequenceAxis.Tokens, IsCausal: false, Blend: null } && q.Type == ElementType.Float32
            && (y.Offset | q.Offset | k.Offset | v.Offset) % Multiple == 0 && WidePlan.Suits(caps, q.Shape.C / options.Heads);
    }

    public void Run(in AttentionCall call)
    {
        if (!Takes(gpu.Caps, call))
        {
            others.Run(call);
            return;
        }

        var (y, q, k, v, options) = call;
        Shape s = q.Shape, t = k.Shape;
        var plan = WidePlan.Of(s.Pixels, t.Pixels, mostRows);
        var mark = scratch.Here();
        var scores = scratch.Rent(new Shape(1, 1, plan.Rows, plan.Pitch), ElementType.Float32);
        for (int image = 0; image < s.N; image++)
        {
            Tensor keys = k.Images(t.N == 1 ? 0 : image, 1), values = v.Images(t.N == 1 ? 0 : image, 1);
            for (int head = 0; head < options.Heads; head++)
            {
                for (int first = 0; first < s.Pixels; first += plan.Rows)
                    Attend(y.Images(image, 1), q.Images(image, 1), keys, values, scores, plan, options.Heads, head, first);
            }
        }

        scratch.Release(mark);
    }

    private void Attend(
        Tensor y, Tensor q, Tensor keys, Tensor values, Tensor scores, WidePlan plan, int heads, int head, int first)
    {
        int channels = q.Shape.C, size = channels / heads, rows = Math.Min(plan.Rows, q.Shape.Pixels - first), count = keys.Shape.Pixels;
        int step = channels * sizeof(float), pitch = plan.Pitch * sizeof(float);
        long queries = ((long)first * channels) + (head * size);
        Multiply<WideSquare, WideKeys>(new WideProduct.Launch
        {
            Left = Moved(q, queries),
            Right = Moved(keys, head * size),
            Result = scores.Operand(),
            Args = new WideArgs
            {
                LeftStep = step,
                RightStep = step,
                ResultStep = pitch,
                Rows = rows,
                Columns = count,
                ResultColumns = plan.Pitch,
                Depth = size,
            },
        });
        _softmax.Get(WideSoftmax.Threads).Launch(new Groups(rows), new WideSoftmax.Args
        {
            Scores = scores.Operand(),
            Scale = Log2E / MathF.Sqrt(size),
            Keys = count,
            Pitch = plan.Pitch,
        });
        Multiply<WideLow, WideValues>(new WideProduct.Launch
        {
            Left = scores.Operand(),
            Right = Moved(values, head * size),
            Result = Moved(y, queries),
            Args = new WideArgs
            {
                LeftStep = pitch,
                RightStep = step,
                ResultStep = step,
                Rows = rows,
                Columns = size,
                ResultColumns = size,
                Depth = plan.Pitch,
                RightRows = count,
            },
        });
    }

    private void Multiply<TTile, TRight>(WideProduct.Launch launch)
        where TTile : struct, IWideTile
        where TRight : struct, IWideRight
    {
        launch.Args.ColumnParts = Divided(launch.Args.ResultColumns, WideStage<TTile, TRight>.Columns);
        int parts = Divided(launch.Args.Rows, WideStage<TTile, TRight>.Rows) * launch.Args.ColumnParts;
        var needs = new GpuKernelOptions(WideStage<TTile, TRight>.SharedBytes, MinGroups: 2);
        _product.Get(WideStage<TTile, TRight>.Threads, needs, typeof(TTile), typeof(TRight)).Launch(new Groups(parts), launch);
    }

    private static Operand Moved(Tensor x, long by)
    {
        var operand = x.Operand();
        operand.Offset += by;
        return operand;
    }

    private static int Divided(int count, int size) => (count + size - 1) / size;
}
