namespace EvsNative.Kernels;

/// <summary>y[r,o] = epilogue(sum over c of w[o,c] x[r,c]) for every row r.</summary>
/// <param name="Y">as many rows as x, of Out channels</param>
/// <param name="X">rows of In channels</param>
/// <param name="Filter">a plain one of kernel 1</param>
/// <param name="Epilogue">what is added before the result is stored</param>
public readonly record struct LinearCall(Tensor Y, Tensor X, Filter Filter, Epilogue Epilogue) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Linear";

    /// <inheritdoc/>
    public long Flops => Filter.Flops(X.Shape.Rows);

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + Filter.Bytes(X) + Epilogue.Bytes();

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Product, Filter.Shape.Depth, X.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.Plain(Filter.Shape);
        rules.Product("y", Y, X, Filter.Shape, Filter.Shape.Out);
        rules.Fits(Y, Epilogue);
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="LinearCall"/>
    public static void Linear(this IKernels kernels, Tensor y, Tensor x, Filter filter, in Epilogue epilogue) =>
        kernels.Run(new LinearCall(y, x, filter, epilogue));
}
