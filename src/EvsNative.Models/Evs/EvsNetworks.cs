using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>The networks of the method, loaded onto a device. <see cref="EvsPipeline"/> runs them.</summary>
public sealed class EvsNetworks
{
    private EvsNetworks(UNet unet, Vae vae, PromptEncoder prompts) => (UNet, Vae, Prompts) = (unet, vae, prompts);

    /// <summary>Most frames of a clip that the motion modules take; without them there is no limit.</summary>
    public int MaxFrames => UNet.Motion?.MaxFrames ?? int.MaxValue;

    /// <summary>Width and height of a clip must be multiples of this: the autoencoder's reduction.</summary>
    public int SizeMultiple => Vae.Config.Factor;

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels => Vae.Config.LatentChannels;

    /// <summary>Host memory in bytes that the largest tensor took while it was read; known after a dry run too.</summary>
    public long LargestTensorBytes { get; private init; }

    /// <summary>Image and video model in one: the frames of a call switch the motion modules on.</summary>
    internal UNet UNet { get; }

    /// <summary>Pictures to latents and back.</summary>
    internal Vae Vae { get; }

    /// <summary>Prompts to what the U-Net attends to.</summary>
    internal PromptEncoder Prompts { get; }

    /// <summary>Shape of the latents of a clip [F,H,W,3].</summary>
    public Shape LatentShape(Shape clip) => new(clip.N, clip.H / SizeMultiple, clip.W / SizeMultiple, LatentChannels);

    /// <summary>
    /// Loads the networks. On a dry device only names and shapes are checked, so everything wrong with a checkpoint is found before
    /// anything large is read. On every device its <see cref="Device.Cancellation"/> is asked between tensors.
    /// </summary>
    /// <param name="d">where the weights go</param>
    /// <param name="parts">the opened files</param>
    /// <param name="onRead">told the name of a part and the share of it, 0 to 1, that has been read</param>
    /// <exception cref="InputException">lists what is missing, misshapen, left over or not finite</exception>
    /// <exception cref="OperationCanceledException">the device's token was cancelled</exception>
    public static EvsNetworks Load(Device d, ModelParts parts, Action<string, double>? onRead = null)
    {
        long largest = 0;
        T Build<T>(ModelPart part, string name, Func<WeightSource, T> build, bool isHalved = false)
        {
            double numbers = Math.Max(1, part.Weights.Count);
            var store = new WeightStore(d, part.Weights) { IsHalved = isHalved, OnRead = read => onRead?.Invoke(name, read / numbers) };
            var network = build(store.Root);
            store.Verify();
            largest = Math.Max(largest, store.LargestReadBytes);
            return network;
        }

        var text = Build(parts.TextEncoder, "text encoder", w => new ClipTextEncoder(w, parts.TextEncoder.Config));
        var vae = Build(parts.Vae, "autoencoder", w => new Vae(w, parts.Vae.Config));
        var config = parts.UNet.Config;
        bool isHalved = d.Precision == ElementType.Float16;
        var unet = Build(
            parts.UNet,
            "U-Net",
            w => parts.Motion is { } motion
                ? Build(motion, "motion modules", m => new UNet(w, config, motion.Config, m), isHalved)
                : new UNet(w, config),
            isHalved);
        EnsureFits(text.Config, config);
        return new EvsNetworks(unet, vae, new PromptEncoder(parts.Tokenizer, text, parts.Words)) { LargestTensorBytes = largest };
    }

    private static void EnsureFits(ClipConfig text, UNetConfig unet)
    {
        if (text.HiddenSize == unet.CrossAttentionDim) return;
        throw new InputException(
            InputCode.Mismatch,
            $"the text encoder gives {text.HiddenSize} numbers a word, the U-Net wants {unet.CrossAttentionDim}: "
            + "they are not of one model");
    }
}
