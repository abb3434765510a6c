namespace EvsNative.Kernels;

/// <summary>
/// y[n,i,j,to + c] = x[n,i,j,from + c] for c below count; the other channels of y stay as they are: for networks that see or change some
/// of the channels alone.
/// </summary>
/// <param name="Y">[N,H,W,C], to + count channels at least</param>
/// <param name="To">its first channel that is written</param>
/// <param name="X">[N,H,W,C2], from + count channels at least</param>
/// <param name="From">its first channel that is read</param>
/// <param name="Count">channels, 1 or more</param>
public readonly record struct CopyChannelsCall(Tensor Y, int To, Tensor X, int From, int Count) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "CopyChannels";

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => 2 * Y.Shape.Rows * Count * Y.Type.Bytes();

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        rules.Is("x", X, Y.Shape with { C = X.Shape.C });
        rules.SameType("y", Y, X, "x");
        rules.Apart(Y, X, "x");
        Within(rules, "y", Y, To);
        Within(rules, "x", X, From);
    }

    private void Within(in CallRules rules, string name, Tensor tensor, int first)
    {
        int channels = tensor.Shape.C;
        if (first < 0 || Count < 1 || first > channels - Count)
            throw rules.Broken($"channels {first}..{first + Count - 1} of {name} {tensor}, 1 or more of 0..{channels - 1} were expected");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="CopyChannelsCall"/>
    public static void CopyChannels(this IKernels kernels, Tensor y, int to, Tensor x, int from, int count) =>
        kernels.Run(new CopyChannelsCall(y, to, x, from, count));
}
