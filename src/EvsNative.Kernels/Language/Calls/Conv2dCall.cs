namespace EvsNative.Kernels;

/// <summary>
/// y[n,i,j,o] = epilogue(sum over c, u, v of w[o,c,u,v] x[n, s i + u - p, s j + v - p, c]), zeros outside; cross-correlation as in torch.
/// </summary>
/// <param name="Y">[N, its height, its width, Out]</param>
/// <param name="X">[N,H,W,C]</param>
/// <param name="X2">[N,H,W,C2]: its channels follow those of x, as if both had been concatenated</param>
/// <param name="Filter">a plain one with In = C + C2</param>
/// <param name="Geometry">stride, zeros, enlargement</param>
/// <param name="Epilogue">what is added before the result is stored</param>
public readonly record struct Conv2dCall(Tensor Y, Tensor X, Tensor? X2, Filter Filter, ConvGeometry Geometry, Epilogue Epilogue)
    : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Conv2d";

    /// <inheritdoc/>
    public long Flops => Filter.Flops(Y.Shape.Rows);

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + X2.Bytes() + Filter.Bytes(X) + Epilogue.Bytes();

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Product, Filter.Shape.Depth, X.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var (s, f) = (X.Shape, Filter.Shape);
        rules.Plain(f);
        rules.SamePixels(X, X2);
        rules.SameType("x", X, X2, "x2");
        int channels = s.C + (X2?.Shape.C ?? 0);
        if (channels != f.In) throw rules.Broken($"x with {channels} channels does not fit filter {f}, {f.In} were expected");
        if (Geometry.Stride is not (1 or 2)) throw rules.Broken($"stride {Geometry.Stride}, 1 or 2 was expected");
        if (Geometry.Upsampled is { } size && (size.H < 1 || size.W < 1))
            throw rules.Broken($"enlarged to {size.H} x {size.W}, at least one pixel was expected");
        var (h, w) = Geometry.Upsampled ?? (s.H, s.W);
        int before = Geometry.Padding == ConvPadding.Same ? f.Kernel / 2 : 0, added = before + (f.Kernel / 2) - f.Kernel;
        if (h + added < 0 || w + added < 0) throw rules.Broken($"x of {h} x {w} pixels is smaller than the window of filter {f}");
        rules.Is("y", Y, new Shape(s.N, ((h + added) / Geometry.Stride) + 1, ((w + added) / Geometry.Stride) + 1, f.Out));
        rules.Apart(Y, X, "x");
        rules.Apart(Y, X2, "x2");
        rules.Fits(Y, Epilogue);
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="Conv2dCall"/>
    public static void Conv2d(
        this IKernels kernels, Tensor y, Tensor x, Tensor? x2, Filter filter, in ConvGeometry geometry, in Epilogue epilogue) =>
        kernels.Run(new Conv2dCall(y, x, x2, filter, geometry, epilogue));
}
