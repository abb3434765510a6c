namespace EvsNative.Kernels;

/// <summary>
/// y = activation((x - mean) / sqrt(variance + eps) * weight + bias), moments over each image's pixels and each group of C / groups
/// channels, biased variance; or by moments that are given.
/// </summary>
/// <param name="Y">[N,H,W,C], C channels of both inputs together; y may be x where there is no x2</param>
/// <param name="X">[N,H,W,C1]</param>
/// <param name="X2">[N,H,W,C2]: its channels follow those of x</param>
/// <param name="Weight">[1,1,1,C]</param>
/// <param name="Bias">[1,1,1,C]</param>
/// <param name="Groups">equal parts of the channels</param>
/// <param name="Eps">0 or more</param>
/// <param name="Activation">of the result</param>
public readonly record struct GroupNormCall(
    Tensor Y, Tensor X, Tensor? X2, Tensor Weight, Tensor Bias, int Groups, float Eps, Activation Activation) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "GroupNorm";

    /// <summary>
    /// The <see cref="ChannelMoments"/> to norm by, [N,runs,2,C]; there is no x2 then. Where a product or
    /// <see cref="ChannelMomentsCall"/> left those of x, it need not be read for them. They need not be those of x: the norm is by what is
    /// given, whatever x is, and of however many runs. Who norms a picture part by part gives those of the whole picture each time. What is
    /// not finite in x then stays where it is; what is not in the moments reaches its image and group.
    /// </summary>
    public Tensor? Moments { get; init; }

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + X.Bytes + X2.Bytes() + Weight.Bytes + Bias.Bytes;

    /// <inheritdoc/>
    public CallWork Work =>
        new(WorkKind.Memory, Type: X.Type, BytesAgain: Moments is null ? X.Bytes + X2.Bytes() : Moments.Bytes());

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.SamePixels(X, X2);
        int channels = X.Shape.C + (X2?.Shape.C ?? 0);
        rules.Is("y", Y, X.Shape with { C = channels });
        if (Groups < 1 || channels % Groups != 0) throw rules.Broken($"{channels} channels do not divide into {Groups} groups");
        rules.Norm(Y, X, Weight, Bias, channels, Eps);
        rules.SameType("y", Y, X2, "x2");
        if (X2 is null) rules.SameOrApart(Y, X, "x");
        else rules.Apart(Y, X, "x");
        rules.Apart(Y, X2, "x2");
        rules.Apart(Y, Weight, "weight");
        rules.Apart(Y, Bias, "bias");
        if (Moments is not { } moments) return;
        if (X2 is not null) throw rules.Broken("moments of one of two inputs, one input was expected");
        rules.Is("moments", moments, new Shape(X.Shape.N, Math.Max(1, moments.Shape.H), 2, channels));
        rules.IsFloat32("moments", moments);
        rules.Apart(Y, moments, "moments");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="GroupNormCall"/>
    public static void GroupNorm(
        this IKernels kernels, Tensor y, Tensor x, Tensor? x2, Tensor weight, Tensor bias, int groups, float eps, Activation activation,
        Tensor? moments = null) =>
        kernels.Run(new GroupNormCall(y, x, x2, weight, bias, groups, eps, activation) { Moments = moments });
}
