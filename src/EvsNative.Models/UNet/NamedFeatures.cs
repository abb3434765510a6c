namespace EvsNative.Models;

/// <summary>
/// Names of the features that a U-Net offers to a tap, by block, so that sets for injection follow the network and not fixed numbers.
/// Blocks near the bottleneck hold structure, blocks near the output texture (EVS, section 3.2; which layers the paper means is not
/// stated).
/// </summary>
public sealed class NamedFeatures
{
    internal NamedFeatures(UNetConfig config)
    {
        int layers = config.LayersPerBlock + 1;
        UpAttentions = [.. config.UpHasAttention.Select((has, block) => has ? SelfAttentions(block, layers) : [])];
        UpResnets = [.. Enumerable.Range(0, config.Levels).Select(block => Resnets(block, layers))];
    }

    /// <summary>The self-attentions of each up block, without <c>.q</c>, <c>.k</c>, <c>.v</c>; empty for a block without.</summary>
    public IReadOnlyList<IReadOnlyList<string>> UpAttentions { get; }

    /// <summary>The resnets of each up block; the name stands for the residual branch.</summary>
    public IReadOnlyList<IReadOnlyList<string>> UpResnets { get; }

    /// <summary>Self-attentions of the deepest up block that has any (up_blocks.1): structure.</summary>
    public IReadOnlyList<string> Deep => UpAttentions.First(block => block.Count > 0);

    /// <summary>Self-attentions of the up blocks behind <see cref="Deep"/> (up_blocks.2 and 3): texture.</summary>
    public IReadOnlyList<string> Shallow => [.. UpAttentions.SkipWhile(block => block.Count == 0).Skip(1).SelectMany(block => block)];

    /// <summary>All self-attentions on the way up.</summary>
    public IReadOnlyList<string> Full => [.. UpAttentions.SelectMany(block => block)];

    /// <summary>
    /// The convolutional feature f, up_blocks.1.resnets.1: the second resnet of the block that <see cref="Deep"/> lies in.
    /// </summary>
    public string ConvFeature => UpResnets[UpAttentions.TakeWhile(block => block.Count == 0).Count()][1];

    private static IReadOnlyList<string> SelfAttentions(int block, int layers) =>
        [.. Enumerable.Range(0, layers).Select(i => $"up_blocks.{block}.attentions.{i}.transformer_blocks.0.attn1")];

    private static IReadOnlyList<string> Resnets(int block, int layers) =>
        [.. Enumerable.Range(0, layers).Select(i => $"up_blocks.{block}.resnets.{i}")];
}
