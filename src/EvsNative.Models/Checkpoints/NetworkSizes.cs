using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models;

/// <summary>
/// The configuration of a network by the shapes of its tensors, for files that carry none. What shapes do not tell is as in Stable
/// Diffusion 1.5: 8 heads and norms of 32 groups in the U-Net, 32 groups in the autoencoder, heads of 64 channels in the text encoder.
/// </summary>
/// <param name="weights">the tensors, under today's diffusers names</param>
internal sealed class NetworkSizes(IWeightFile weights)
{
    private const int HeadChannels = 64;

    private string Origin => weights.Origin;

    /// <summary>The sizes of a U-Net.</summary>
    /// <exception cref="InputException">tensors are missing, or of sizes that no such network has</exception>
    public UNetConfig UNet()
    {
        var usual = UNetConfig.Sd15;
        var channels = Levels(i => $"down_blocks.{i}.resnets.0.conv1.weight", "U-Net", usual.NormNumGroups);
        bool[] HasAttention(string blocks) => [.. channels.Select((_, i) => Find($"{blocks}.{i}.attentions.0.norm.weight") is not null)];
        bool[] down = HasAttention("down_blocks"), up = HasAttention("up_blocks");
        string? keys = weights.Names.Where(name => name.EndsWith("attn2.to_k.weight", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).FirstOrDefault();
        if (keys is null || !down.Contains(true)) throw Incomplete("U-Net", "no block of it looks at the text");
        return usual with
        {
            BlockOutChannels = channels,
            DownHasAttention = down,
            UpHasAttention = up,
            LayersPerBlock = Count(i => $"down_blocks.0.resnets.{i}.conv1.weight"),
            CrossAttentionDim = Size(Find(keys) is [_, var width, ..] ? width : 0, "words", InputLimits.Channels),
        };
    }

    /// <summary>Half an autoencoder is called one, before its many missing tensors are listed.</summary>
    /// <exception cref="InputException">a half is missing</exception>
    public void RequireHalves()
    {
        foreach (string half in new[] { "encoder", "decoder" })
        {
            if (weights.Names.Any(name => name.StartsWith($"{half}.", StringComparison.Ordinal))) continue;
            throw Incomplete("autoencoder", $"its {half} is missing, and both halves are needed");
        }
    }

    /// <summary>The sizes of an autoencoder.</summary>
    /// <exception cref="InputException">a half is missing, or has sizes that no such network has</exception>
    public VaeConfig Vae()
    {
        var usual = VaeConfig.Sd15;
        RequireHalves();
        var channels = Levels(i => $"encoder.down_blocks.{i}.resnets.0.conv1.weight", "autoencoder", usual.NormNumGroups);
        if (Find("decoder.conv_in.weight") is not [_, var latents, ..]) throw Incomplete("autoencoder", "decoder.conv_in is missing");
        if (latents != usual.LatentChannels)
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{Origin}: an autoencoder of {latents} latent channels: that of Stable Diffusion 1.5 has {usual.LatentChannels}");
        }

        return usual with
        {
            BlockOutChannels = channels,
            LayersPerBlock = Count(i => $"encoder.down_blocks.0.resnets.{i}.conv1.weight"),
        };
    }

    /// <summary>The sizes of a text encoder.</summary>
    /// <exception cref="InputException">tensors are missing, or of sizes that no such network has</exception>
    public ClipConfig TextEncoder()
    {
        const string model = "text_model.";
        if (Find($"{model}embeddings.token_embedding.weight") is not [var words, var width])
            throw Incomplete("text encoder", "its table of words is missing");
        if (Find($"{model}embeddings.position_embedding.weight") is not [var positions, _])
            throw Incomplete("text encoder", "its table of positions is missing");
        if (width % HeadChannels != 0)
        {
            throw new InputException(
                InputCode.Unsupported,
                $"{Origin}: a text encoder of {width} channels, whose heads only a configuration tells: "
                + "give the model as a folder in the diffusers layout");
        }

        int channels = Size(width, "channels of the text", InputLimits.Channels);
        return new ClipConfig(
            channels,
            Count(i => $"{model}encoder.layers.{i}.layer_norm1.weight"),
            channels / HeadChannels,
            Size(Find($"{model}encoder.layers.0.mlp.fc1.weight") is [var inner, _] ? inner : 0, "channels", InputLimits.Channels),
            Size(words, "words", InputLimits.Tokens),
            Size(positions, "positions", InputLimits.Positions),
            Activation.QuickGelu);
    }

    private List<int> Levels(Func<int, string> name, string network, int groups)
    {
        var channels = new List<int>();
        while (channels.Count < InputLimits.Levels && Find(name(channels.Count)) is [var found, ..])
            channels.Add(Size(found, $"channels in the {network}", InputLimits.Channels, groups));
        return channels.Count > 0 ? channels : throw Incomplete(network, $"{name(0)} is missing");
    }

    private int Count(Func<int, string> name)
    {
        int count = 0;
        while (count < InputLimits.Layers && Find(name(count)) is not null) count++;
        return count;
    }

    private IReadOnlyList<long>? Find(string name) => weights.FindShape(name, []);

    private int Size(long size, string what, int most, int unit = 1) => size > 0 && size <= most && size % unit == 0
        ? (int)size
        : throw new InputException(InputCode.Unsupported, $"{Origin}: {size} {what}: a multiple of {unit} up to {most} is needed");

    private InputException Incomplete(string network, string what) =>
        new(InputCode.Incomplete, $"{Origin}: the {network} is not complete: {what}: download the file again, or take another");
}
