using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>The networks of the method, loaded onto a device. <see cref="EvsPipeline"/> runs them.</summary>
public sealed class EvsNetworks
{
    private readonly WeightTally _tally;
    private readonly IReadOnlyList<WeightStore> _stores;
    private readonly MotionConfig? _motion;

    private EvsNetworks(
        Part<PromptEncoder> prompts, Vae vae, Part<UNet> unet, ModelParts parts, WeightTally tally, IReadOnlyList<WeightStore> stores)
    {
        (Prompts, Vae, UNet, _tally, _stores) = (prompts, vae, unet, tally, stores);
        (Features, _motion) = (new NamedFeatures(parts.UNet.Config), parts.Motion?.Config);
    }

    /// <summary>Most frames of a clip that the motion modules take; without them there is no limit.</summary>
    public int MaxFrames => _motion?.MaxFrames ?? int.MaxValue;

    /// <summary>Width and height of a clip must be multiples of this: the autoencoder's reduction.</summary>
    public int SizeMultiple => Vae.Config.Factor;

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels => Vae.Config.LatentChannels;

    /// <summary>Host memory in bytes that the largest tensor takes while it is read; known after a dry run too.</summary>
    public long LargestTensorBytes => _tally.LargestReadBytes;

    /// <summary>Bytes of weights on the device now.</summary>
    public long HeldBytes => _tally.HeldBytes;

    /// <summary>The most that <see cref="HeldBytes"/> has been so far.</summary>
    public long PeakHeldBytes => _tally.PeakHeldBytes;

    /// <summary>
    /// Bytes of weights read so far, as files store them; what was read again counts again. A dry device counts what another would read.
    /// </summary>
    public long ReadBytes => _tally.ReadBytes;

    /// <summary>Image and video model in one: the frames of a call switch the motion modules on.</summary>
    internal Part<UNet> UNet { get; }

    /// <summary>Pictures to latents and back.</summary>
    internal Vae Vae { get; }

    /// <summary>Prompts to what the U-Net attends to.</summary>
    internal Part<PromptEncoder> Prompts { get; }

    /// <summary>Names of the U-Net's features.</summary>
    internal NamedFeatures Features { get; }

    /// <summary>Shape of the latents of a clip [F,H,W,3].</summary>
    public Shape LatentShape(Shape clip) => new(clip.N, clip.H / SizeMultiple, clip.W / SizeMultiple, LatentChannels);

    /// <summary>
    /// Loads the networks, or what of them a plan keeps. Names and shapes of all are checked, so everything else that is wrong with a
    /// checkpoint is found before a run; on a dry device nothing is read. On every device its <see cref="Device.Cancellation"/> is asked
    /// between tensors.
    /// </summary>
    /// <param name="d">where the weights go</param>
    /// <param name="parts">the opened files; unless all weights stay they are needed as long as the networks</param>
    /// <param name="plan">when weights are on the device; all stay if absent</param>
    /// <param name="onRead">told the name of a part and the share of it, 0 to 1, that has been read</param>
    /// <exception cref="InputException">lists what is missing, misshapen, left over or not finite</exception>
    /// <exception cref="OperationCanceledException">the device's token was cancelled</exception>
    public static EvsNetworks Load(Device d, ModelParts parts, WeightPlan? plan = null, Action<string, double>? onRead = null)
    {
        plan ??= WeightPlan.Default;
        bool isKept = plan.Stay == WeightStay.Kept, isUNetHalved = plan.IsHalved || d.Precision == ElementType.Float16;
        var tally = new WeightTally();
        var stores = new List<WeightStore>();
        T Build<T>(ModelPart part, string name, Func<WeightSource, T> build, bool isHalved)
        {
            double numbers = Math.Max(1, part.Weights.Count);
            var store = new WeightStore(d, part.Weights)
            {
                IsHalved = isHalved,
                OnRead = read => onRead?.Invoke(name, read / numbers),
                Tally = tally,
            };
            stores.Add(store);
            var network = build(store.Root);
            store.Verify();
            return network;
        }

        var (text, unet) = (parts.TextEncoder.Config, parts.UNet.Config);
        long? keptBytes = plan.Stay == WeightStay.Streamed ? plan.KeptBytes : null;
        Part<UNet> UNetOf(WeightSource w, WeightSource? motion) => new(
            motion is null ? [w] : [w, motion],
            folders => new UNet(folders[0], unet, parts.Motion?.Config, folders.ElementAtOrDefault(1), keptBytes),
            isKept);
        Part<PromptEncoder> Prompts(WeightSource w) =>
            new([w], folders => new PromptEncoder(parts.Tokenizer, new ClipTextEncoder(folders[0], text), parts.Words), isKept);

        var prompts = Build(parts.TextEncoder, "text encoder", Prompts, plan.IsHalved);
        var vae = Build(parts.Vae, "autoencoder", w => new Vae(w, parts.Vae.Config, isKept: isKept), plan.IsHalved);
        var denoiser = Build(
            parts.UNet,
            "U-Net",
            w => parts.Motion is { } motion ? Build(motion, "motion modules", m => UNetOf(w, m), isUNetHalved) : UNetOf(w, null),
            isUNetHalved);
        EnsureFits(text, unet);
        return new EvsNetworks(prompts, vae, denoiser, parts, tally, stores);
    }

    /// <summary>Gives all weights back; the networks are not to be used any more.</summary>
    public void Free()
    {
        foreach (var store in _stores) store.Free();
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
