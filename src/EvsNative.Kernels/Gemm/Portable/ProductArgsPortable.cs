using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Gemm;

/// <summary>What a product's kernel is told.</summary>
internal struct ProductArgsPortable
{
    public Operand X, X2, Weights;

    /// <summary>Rows of the result, columns of the packed weights, tiles in a row of tiles.</summary>
    public int Rows, Columns, TilesAcross;

    /// <summary>Channels of both inputs, and pieces of the summed axis in all.</summary>
    public int Channels, Channels2, Pieces;

    /// <summary>1 if the inputs can be read four elements at a time, or the result be written so.</summary>
    public int ReadsFours, WritesFours;

    /// <summary>
    /// A convolution's walk over its input. Not a struct of its own: ILGPU's launchers see no internal struct without a view.
    /// </summary>
    public int Height, Width, VirtualHeight, VirtualWidth, OutHeight, OutWidth, Kernel, Stride, Padding, IsEnlarged;

    public EpilogueArgsPortable Epilogue;

    /// <summary>Numbers that are summed into a result: those of a column of weights that lie one behind the other.</summary>
    public int Depth;

    /// <summary>What a plan asks.</summary>
    public readonly ProductSizePortable Size =>
        new(Rows, Columns, Channels, Channels2, ReadsFours != 0 && WritesFours != 0 && Epilogue.Activation == Activation.None);
}

/// <summary>What happens to finished sums.</summary>
internal struct EpilogueArgsPortable
{
    public Operand Y, Y1, Y2, Bias, PerImage, Residual;

    /// <summary>Channels of a destination, columns of a section.</summary>
    public int Width, SectionColumns;

    /// <summary>Elements from one image's vector to the next one's, rows of an image.</summary>
    public int PerImageStride, ImageRows;

    public int HasBias, HasPerImage, HasResidual;
    public Activation Activation;
}

/// <summary>Arguments of the kernel from those of the vocabulary.</summary>
internal static class ProductArguments
{
    /// <summary>All but the convolution's walk, further sections, and what a plan says.</summary>
    /// <exception cref="InvalidOperationException">the filter was packed for other kernels</exception>
    public static ProductArgsPortable Of(Tensor y, Tensor x, Tensor? x2, Filter filter, in Epilogue epilogue)
    {
        filter.DemandOrder();
        return Args(y, x, x2, filter, epilogue);
    }

    private static ProductArgsPortable Args(Tensor y, Tensor x, Tensor? x2, Filter filter, in Epilogue epilogue) => new()
    {
        X = x.Operand(),
        X2 = x2.Operand(x),
        Weights = filter.Operand(),
        Rows = checked((int)y.Shape.Rows),
        Columns = filter.PackedColumns(),
        Depth = filter.Shape.Depth,
        Channels = x.Shape.C,
        Channels2 = x2?.Shape.C ?? 0,
        ReadsFours = IsWhole(x) && IsWhole(x2) ? 1 : 0,
        WritesFours = IsWhole(y) && IsWhole(epilogue.Residual) && IsWhole(epilogue.Bias) && IsWhole(epilogue.PerImage) ? 1 : 0,
        Epilogue = new EpilogueArgsPortable
        {
            Y = y.Operand(),
            Y1 = y.Operand(),
            Y2 = y.Operand(),
            Bias = epilogue.Bias.Operand(y),
            PerImage = epilogue.PerImage.Operand(y),
            Residual = epilogue.Residual.Operand(y),
            Width = y.Shape.C,
            PerImageStride = epilogue.PerImage is { Shape.N: > 1 } ? y.Shape.C : 0,
            ImageRows = y.Shape.Pixels,
            HasBias = epilogue.Bias is null ? 0 : 1,
            HasPerImage = epilogue.PerImage is null ? 0 : 1,
            HasResidual = epilogue.Residual is null ? 0 : 1,
            Activation = epilogue.Activation,
        },
    };

    /// <summary>True if the rows can be moved four elements at a time.</summary>
    public static bool IsWhole(Tensor? tensor) => tensor is not { } t || (t.Shape.C % 4 == 0 && t.Offset % 4 == 0);
}
