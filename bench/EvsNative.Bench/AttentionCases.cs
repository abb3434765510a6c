using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>
/// Attentions of the U-Net, to its own pixels, to 77 words and through 16 frames; those of the autoencoder and of the text encoder; those
/// in windows of a clip.
/// </summary>
internal static class AttentionCases
{
    private const string Group = "attention";
    private const int Heads = 8, Words = 77, Frames = 16;

    private static readonly (int Side, int Channels)[] Levels = [(64, 320), (32, 640), (16, 1280)];

    private static readonly (int D, int H, int W) Window = (8, 7, 7), Shift = (4, 3, 3);

    public static IEnumerable<Case> All()
    {
        foreach (var (side, c) in Levels)
            yield return Of($"{side * side} tokens, {Heads} x {c / Heads}", side * side, side * side, c, new AttentionOptions(Heads));
        foreach (var (side, c) in Levels)
            yield return Of($"{side * side} tokens to {Words}, {Heads} x {c / Heads}", side * side, Words, c, new AttentionOptions(Heads));
        foreach (var (side, c) in Levels) yield return Temporal(side, c);
        yield return Of("4096 tokens, 1 x 512 (VAE)", 4096, 4096, 512, new AttentionOptions(1));
        yield return Of($"{Words} tokens, 12 x 64, causal (CLIP)", Words, Words, 768, new AttentionOptions(12, IsCausal: true));
        foreach (var (side, c) in new[] { (56, 96), (14, 384), (7, 768) }) yield return Windows(side, c);
    }

    private static Case Of(string name, int queries, int keys, int channels, AttentionOptions options) => Case.Beside(
        Group,
        name,
        d =>
        {
            Tensor q = Inputs.ByName(d, "q", new Shape(1, 1, queries, channels)), y = Inputs.Empty(d, q.Shape);
            Tensor k = Inputs.ByName(d, "k", new Shape(1, 1, keys, channels)), v = Inputs.ByName(d, "v", k.Shape);
            return Prepared.Of(d, () => d.Kernels.Attention(y, q, k, v, options), y);
        },
        Request(1, queries, keys, channels, options));

    /// <summary>The peer gets its sequences already gathered, [pixels, frames, channels].</summary>
    private static Case Temporal(int side, int channels)
    {
        var options = new AttentionOptions(Heads, SequenceAxis.Frames, Frames);
        return Case.Beside(
            Group,
            $"{Frames} frames of {side}x{side}, {Heads} x {channels / Heads}",
            d =>
            {
                var shape = new Shape(Frames, side, side, channels);
                Tensor q = Inputs.Sequences(d, "q", shape), k = Inputs.Sequences(d, "k", shape), v = Inputs.Sequences(d, "v", shape),
                    y = Inputs.Empty(d, shape);
                return Prepared.OfSequences(d, () => d.Kernels.Attention(y, q, k, v, options), y);
            },
            Request(side * side, Frames, Frames, channels, options));
    }

    /// <summary>A shifted layer of Swin in three dimensions; the last of them has no fragments, as in DOVER.</summary>
    private static Case Windows(int side, int channels)
    {
        int heads = channels / 32;
        bool hasFragments = side > Window.H;
        return Case.Beside(
            Group,
            $"windows of 8 x 7 x 7, {Frames} x {side} x {side}, {heads} x 32",
            d =>
            {
                var shape = new Shape(Frames, side, side, channels);
                Tensor q = Inputs.ByName(d, "q", shape), k = Inputs.ByName(d, "k", shape), v = Inputs.ByName(d, "v", shape),
                    y = Inputs.Empty(d, shape);
                var table = new Shape(1, 1, ((2 * Window.D) - 1) * ((2 * Window.H) - 1) * ((2 * Window.W) - 1), heads);
                Tensor? fragment = hasFragments ? Inputs.Float32(d, "fragment", table) : null;
                var options = new WindowAttentionOptions(heads, Frames, Window, Shift, Inputs.Float32(d, "near", table), fragment);
                return Prepared.Of(d, () => d.Kernels.WindowAttention(y, q, k, v, options), y);
            },
            new()
            {
                ["op"] = "window_attention",
                ["frames"] = Frames,
                ["side"] = side,
                ["c"] = channels,
                ["heads"] = heads,
                ["fragments"] = hasFragments,
            });
    }

    private static Dictionary<string, object> Request(int n, int queries, int keys, int channels, AttentionOptions options) => new()
    {
        ["op"] = "attention",
        ["n"] = n,
        ["queries"] = queries,
        ["keys"] = keys,
        ["c"] = channels,
        ["heads"] = options.Heads,
        ["causal"] = options.IsCausal,
    };
}
