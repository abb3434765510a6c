using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>Which products the tensor kernel takes, and its arguments from those of the vocabulary.</summary>
internal static class ProductArgumentsTensor
{
    /// <summary>True if a product of rows of channels can be done by the tensor kernel.</summary>
    public static bool Takes(GpuCaps caps, Tensor y, Tensor x, Filter filter, in Epilogue epilogue) =>
        Takes(caps, y, x, null, filter, epilogue) && x.Shape.Pixels > ProductVectorTensor.MostRows;

    /// <summary>True if a convolution can.</summary>
    public static bool Takes(GpuCaps caps, Tensor y, Tensor x, Tensor? x2, Filter filter, in Epilogue epilogue) =>
        filter.Layout == FilterLayoutTensor.Layout && Multiplies(caps, x.Type, filter.Storage) && IsWhole(x) && IsWhole(x2) && IsWhole(y)
        && IsWhole(epilogue.Residual) && IsWhole(epilogue.Bias) && IsWhole(epilogue.PerImage) && Finishes(epilogue.Activation);

    /// <summary>True for the activations of the diffusion models; the others would be more forms of every tile.</summary>
    public static bool Finishes(Activation activation) =>
        activation is Activation.None or Activation.Silu or Activation.QuickGelu or Activation.Gelu;

    /// <summary>All but what a plan says.</summary>
    public static ProductArgsTensor Of(in LinearCall call) => Of(call.Y, call.X, null, call.Filter, call.Epilogue);

    /// <inheritdoc cref="Of(in LinearCall)"/>
    public static ProductArgsTensor Of(in LinearGegluCall call) => Of(call.Y, call.X, null, call.Filter, new Epilogue(call.Bias));

    /// <inheritdoc cref="Of(in LinearCall)"/>
    public static ProductArgsTensor Of(in LinearSplitCall call)
    {
        var args = Of(call.Ys[0], call.X, null, call.Filter, new Epilogue(call.Bias));
        if (call.Ys.Length > 1) args.Epilogue.Y1 = call.Ys[1].Operand();
        if (call.Ys.Length > 2) args.Epilogue.Y2 = call.Ys[2].Operand();
        return args;
    }

    /// <summary>All but a convolution's walk and what a plan says.</summary>
    public static ProductArgsTensor Of(Tensor y, Tensor x, Tensor? x2, Filter filter, in Epilogue epilogue)
    {
        int chunk = 16 / x.Type.Bytes(), chunks = x.Shape.C / chunk, chunks2 = (x2?.Shape.C ?? 0) / chunk;
        return new ProductArgsTensor
        {
            X = x.Operand(),
            X2 = x2.Operand(x),
            Weights = filter.Operand(),
            Rows = checked((int)y.Shape.Rows),
            Columns = new FilterLayoutTensor(filter.Shape).Columns,
            Chunks = chunks,
            Chunks2 = chunks2,
            WeightChunks = filter.Shape.Kernel * filter.Shape.Kernel * (chunks + chunks2),
            Kernel = 1,
            Phases = 1,
            Epilogue = Epilogue(y, filter, epilogue),
        };
    }

    /// <summary>What happens to finished sums; further sections are not in it.</summary>
    public static EpilogueArgsTensor Epilogue(Tensor y, Filter filter, in Epilogue epilogue) => new()
    {
        Y = y.Operand(),
        Y1 = y.Operand(),
        Y2 = y.Operand(),
        Bias = epilogue.Bias.Operand(y),
        PerImage = epilogue.PerImage.Operand(y),
        Residual = epilogue.Residual.Operand(y),
        Moments = epilogue.Moments.Operand(y),
        Width = y.Shape.C,
        Sections = filter.Shape.Sections,
        PerImageStride = epilogue.PerImage is { Shape.N: > 1 } ? y.Shape.C : 0,
        ImageRows = y.Shape.Pixels,
        HasBias = epilogue.Bias is null ? 0 : 1,
        HasPerImage = epilogue.PerImage is null ? 0 : 1,
        HasResidual = epilogue.Residual is null ? 0 : 1,
        HasMoments = epilogue.Moments is null ? 0 : 1,
        Activation = epilogue.Activation,
    };

    /// <summary>binary16 by binary16, and where there is tf32 float32 by either.</summary>
    private static bool Multiplies(GpuCaps caps, ElementType inputs, WeightStorage weights) => caps.TensorCores switch
    {
        TensorGeneration.Ampere => inputs == ElementType.Float32 || weights == WeightStorage.Float16,
        TensorGeneration.Turing => inputs == ElementType.Float16 && weights == WeightStorage.Float16,
        _ => false,
    };

    /// <summary>True if the rows can be moved 16 bytes at a time, two of float32.</summary>
    private static bool IsWhole(Tensor? tensor) =>
        tensor is not { } t || (t.Shape.C % 8 == 0 && t.Offset * t.Type.Bytes() % 16 == 0);
}
