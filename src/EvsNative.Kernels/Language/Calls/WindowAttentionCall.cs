namespace EvsNative.Kernels;

/// <summary>
/// y = softmax(q k^T / sqrt(d) + bias + mask) v in each window of a clip and each head. Windows, their cyclic shift, their biases and their
/// padding are ways of reading: no tensor is moved. The mask is -100 where a shift brought tokens from both ends of an axis together.
/// </summary>
/// <param name="Y">the shape of q</param>
/// <param name="Q">[clips * frames,H,W,C]</param>
/// <param name="K">the shape of q</param>
/// <param name="V">the shape of q</param>
/// <param name="Options">heads, windows, biases</param>
public readonly record struct WindowAttentionCall(Tensor Y, Tensor Q, Tensor K, Tensor V, WindowAttentionOptions Options) : IKernelCall
{
    /// <summary>Channels that a head may have.</summary>
    internal const int MostChannels = 32;

    /// <inheritdoc/>
    public static string Name => "WindowAttention";

    /// <inheritdoc/>
    /// <remarks>Every token meets all of its window, padding included.</remarks>
    public long Flops
    {
        get
        {
            var grid = WindowGrid.Of(Q.Shape, Options);
            return 4L * (Q.Shape.N / Options.Frames) * grid.Windows * grid.Tokens * grid.Tokens * Q.Shape.C;
        }
    }

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + Q.Bytes + K.Bytes + V.Bytes + Options.Near.Bytes + Options.Fragment.Bytes() + Options.PaddedK.Bytes()
        + Options.PaddedV.Bytes();

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Attention, Q.Shape.C / Options.Heads, Q.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        var (heads, frames, window, shift, near, fragment, paddedK, paddedV) = Options;
        var s = Q.Shape;
        rules.Is("y", Y, s);
        rules.Is("k", K, s);
        rules.Is("v", V, s);
        if (heads < 1 || s.C % heads != 0) throw rules.Broken($"{s.C} channels do not divide into {heads} heads");
        if (s.C / heads > MostChannels) throw rules.Broken($"heads of {s.C / heads} channels, at most {MostChannels} were expected");
        if (frames < 1 || s.N % frames != 0) throw rules.Broken($"{s.N} images do not divide into clips of {frames} frames");
        Axis(rules, window.D, shift.D);
        Axis(rules, window.H, shift.H);
        Axis(rules, window.W, shift.W);
        var grid = WindowGrid.Of(s, Options);
        var table = new Shape(1, 1, grid.Places, heads);
        rules.Is("near", near, table);
        rules.IsFloat32("near", near);
        if (fragment is { } within) rules.Is("fragment", within, table);
        rules.IsFloat32("fragment", fragment);
        if (grid.HasPadding && (paddedK is null || paddedV is null))
            throw rules.Broken($"{frames} x {s.H} x {s.W} tokens are padded to windows of {window}, a padded key and value were expected");
        rules.IsVector("padded key", paddedK, s.C);
        rules.IsVector("padded value", paddedV, s.C);
        rules.IsFloat32("padded key", paddedK);
        rules.IsFloat32("padded value", paddedV);
        rules.SameType("y", Y, Q, "q");
        rules.SameType("y", Y, K, "k");
        rules.SameType("y", Y, V, "v");
        rules.Apart(Y, Q, "q");
        rules.Apart(Y, K, "k");
        rules.Apart(Y, V, "v");
        rules.Apart(Y, near, "near");
        rules.Apart(Y, fragment, "fragment");
        rules.Apart(Y, paddedK, "padded key");
        rules.Apart(Y, paddedV, "padded value");
    }

    private static void Axis(in CallRules rules, int window, int shift)
    {
        if (window < 1) throw rules.Broken($"a window of {window}, 1 or more was expected");
        if (shift < 0 || shift >= window) throw rules.Broken($"shift {shift} of a window of {window}, 0..{window - 1} was expected");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="WindowAttentionCall"/>
    public static void WindowAttention(
        this IKernels kernels, Tensor y, Tensor q, Tensor k, Tensor v, in WindowAttentionOptions options) =>
        kernels.Run(new WindowAttentionCall(y, q, k, v, options));
}
