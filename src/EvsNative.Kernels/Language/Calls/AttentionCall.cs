namespace EvsNative.Kernels;

/// <summary>
/// y = softmax(q k^T / sqrt(d)) v per image (or per pixel through time) and head, by streaming softmax: no score matrix in memory.
/// </summary>
/// <param name="Y">the shape of q</param>
/// <param name="Q">[N,H,W,C]</param>
/// <param name="K">[N or 1, any, any, C]; with N = 1 keys and values serve all images. Along frames the shape of q</param>
/// <param name="V">the shape of k</param>
/// <param name="Options">heads, sequence, injection</param>
public readonly record struct AttentionCall(Tensor Y, Tensor Q, Tensor K, Tensor V, AttentionOptions Options) : IKernelCall
{
    /// <inheritdoc/>
    public static string Name => "Attention";

    /// <inheritdoc/>
    /// <remarks>Every row of q meets all the rows of its sequence, in the scores and in the sums of v.</remarks>
    public long Flops => 4 * Q.Shape.Count * (Options.Axis == SequenceAxis.Frames ? Options.Frames : K.Shape.Pixels);

    /// <inheritdoc/>
    public long Bytes => Y.Bytes + Q.Bytes + K.Bytes + V.Bytes + (Options.Blend?.Inverted).Bytes();

    /// <inheritdoc/>
    public CallWork Work => new(WorkKind.Attention, Q.Shape.C / Options.Heads, Q.Type);

    /// <inheritdoc/>
    public void Check(in CallRules rules)
    {
        Shape s = Q.Shape, t = K.Shape;
        rules.Is("y", Y, s);
        rules.Is("v", V, t);
        if (Options.Heads < 1 || s.C % Options.Heads != 0) throw rules.Broken($"{s.C} channels do not divide into {Options.Heads} heads");
        if (t.C != s.C) throw rules.Broken($"k {K} does not fit the channels of q {Q}");
        if (Options.Axis == SequenceAxis.Frames)
        {
            rules.Is("k", K, s);
            if (Options.Frames < 1 || s.N % Options.Frames != 0)
                throw rules.Broken($"{s.N} images do not divide into videos of {Options.Frames} frames");
            if (Options.IsCausal) throw rules.Broken("causal along frames, tokens were expected");
        }
        else
        {
            if (t.N != s.N && t.N != 1) throw rules.Broken($"k {K} has {t.N} images, {s.N} or 1 were expected");
            if (Options.IsCausal && t.Pixels != s.Pixels)
                throw rules.Broken($"causal with {t.Pixels} keys, {s.Pixels} as in q were expected");
        }

        if (Options.Blend is { } blend)
        {
            rules.Is("inverted q", blend.Inverted, s);
            rules.SameType("y", Y, blend.Inverted, "inverted q");
            rules.Apart(Y, blend.Inverted, "inverted q");
            if (!(blend.Gamma is >= 0 and <= 1)) throw rules.Broken($"gamma {blend.Gamma}, 0..1 was expected");
        }

        rules.SameType("y", Y, Q, "q");
        rules.SameType("y", Y, K, "k");
        rules.SameType("y", Y, V, "v");
        rules.Apart(Y, Q, "q");
        rules.Apart(Y, K, "k");
        rules.Apart(Y, V, "v");
    }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="AttentionCall"/>
    public static void Attention(this IKernels kernels, Tensor y, Tensor q, Tensor k, Tensor v, in AttentionOptions options) =>
        kernels.Run(new AttentionCall(y, q, k, v, options));
}
