namespace EvsNative.Kernels;

/// <summary>One product whose sections go to tensors of their own: q, k and v.</summary>
/// <param name="ys">a destination for each of the filter's sections, all of one shape</param>
/// <param name="x">rows of In channels</param>
/// <param name="filter">kernel 1, not gated</param>
/// <param name="bias">[1,1,1,Out]</param>
public readonly ref struct LinearSplitCall(ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "LinearSplit";

    /// <summary>The destinations.</summary>
    public ReadOnlySpan<Tensor> Ys { get; } = ys;

    /// <summary>The input.</summary>
    public Tensor X { get; } = x;

    /// <summary>The weights.</summary>
    public Filter Filter { get; } = filter;

    /// <summary>What is added.</summary>
    public Tensor? Bias { get; } = bias;

    /// <inheritdoc/>
    public long Flops => Filter.Flops(X.Shape.Rows);

    /// <inheritdoc/>
    public long Bytes
    {
        get
        {
            long bytes = X.Bytes + Filter.Bytes(X) + Bias.Bytes();
            foreach (var y in Ys) bytes += y.Bytes;
            return bytes;
        }
    }

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Product, Filter.Shape.Depth, X.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var f = Filter.Shape;
        if (f.IsGated) throw rules.Broken($"filter {f} is gated, a plain one was expected");
        if (Ys.Length != f.Sections)
            throw rules.Broken($"{Ys.Length} destinations for a filter of {f.Sections} sections, one for each was expected");
        for (int i = 0; i < Ys.Length; i++)
        {
            rules.Product("a destination", Ys[i], X, f, f.Out / f.Sections);
            rules.Is("a destination", Ys[i], Ys[0].Shape);
            rules.SameType("a destination", Ys[i], Ys[0], "another");
            rules.Apart(Ys[i], Bias, "bias");
            for (int j = 0; j < i; j++) rules.Apart(Ys[i], Ys[j], "another destination");
        }

        rules.IsVector("bias", Bias, f.Out);
        rules.IsFloat32("bias", Bias);
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="LinearSplitCall"/>
    public static void LinearSplit(this IKernels kernels, ReadOnlySpan<Tensor> ys, Tensor x, Filter filter, Tensor? bias) =>
        kernels.Run(new LinearSplitCall(ys, x, filter, bias));
}
