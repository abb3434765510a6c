using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>What a run is doing: told after each piece of work, in the same order on every run of the same settings and on its dry run.</summary>
/// <param name="Phase">"read the prompt", "encode", a stage such as "video 4..3", "decode"</param>
/// <param name="Detail">what of it has just been done, such as "step 7"</param>
public readonly record struct RunEvent(string Phase, string Detail);

/// <summary>The networks of the method on a device, and the way of a clip through them.</summary>
public sealed class EvsModel
{
    private const long PictureBytesPerGroup = 16L << 20;

    private readonly UNet _unet;
    private readonly Vae _vae;
    private readonly PromptEncoder _prompts;

    private EvsModel(UNet unet, Vae vae, PromptEncoder prompts) => (_unet, _vae, _prompts) = (unet, vae, prompts);

    /// <summary>Host memory that the largest tensor took while it was read.</summary>
    public long LargestTensorBytes { get; private init; }

    /// <summary>Told in one line of what does not stop a run, such as words that were cut off the prompt.</summary>
    public Action<string>? OnWarning { get; set; }

    /// <summary>Most frames of a clip.</summary>
    public int MaxFrames => _unet.Motion?.MaxFrames ?? int.MaxValue;

    /// <summary>Width and height of a clip must be multiples of this: the autoencoder's reduction.</summary>
    public int SizeMultiple => _vae.Config.Factor;

    /// <summary>
    /// Loads the networks. On a dry device only names and shapes are checked, so everything wrong with a checkpoint is found before anything large is read.
    /// </summary>
    /// <param name="d">where the weights go</param>
    /// <param name="parts">the opened files</param>
    /// <param name="onRead">told the name of a part and the share of it that has been read</param>
    /// <exception cref="InputException">lists what is missing, misshapen, left over or not finite</exception>
    public static EvsModel Load(Device d, ModelParts parts, Action<string, double>? onRead = null)
    {
        long largest = 0;
        T Build<T>(ModelPart part, string name, Func<WeightSource, T> build, bool isHalved = false)
        {
            var store = new WeightStore(d, part.Weights) { IsHalved = isHalved, OnRead = read => onRead?.Invoke(name, read / (double)Math.Max(1, part.Weights.Count)) };
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
        int words = text.Config.HiddenSize;
        if (words != config.CrossAttentionDim)
            throw new InputException($"the text encoder gives {words} numbers a word, the U-Net wants {config.CrossAttentionDim}: they are not of one model");
        return new EvsModel(unet, vae, new PromptEncoder(parts.Tokenizer, text)) { LargestTensorBytes = largest };
    }

    /// <summary>Refines a clip.</summary>
    /// <param name="d">the device that the networks are on</param>
    /// <param name="rgb">[F,H,W,3], H and W multiples of <see cref="SizeMultiple"/></param>
    /// <param name="clip">F, H, W and 3 of it</param>
    /// <param name="refined">the result: [F,H,W,3] times the scale of latent upscaling</param>
    /// <param name="prompt">what the clip shows</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after each piece of work</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <exception cref="InputException">settings that contradict each other, or numbers that are no longer finite</exception>
    public void Refine(
        Device d, ReadOnlySpan<byte> rgb, Shape clip, Span<byte> refined, string prompt, EvsConfig config,
        IProgress<RunEvent>? progress = null, INoiseSource? noise = null)
    {
        using var scope = d.Enter("refine");
        var x0 = d.Rent(LatentShape(clip));
        Encode(d, rgb, clip, x0, progress, config.FramesPerPass);
        var latents = Refine(d, x0, prompt, config, progress, noise);
        Decode(d, latents, refined, progress, config.FramesPerPass);
    }

    /// <summary>The middle of <see cref="Refine(Device, ReadOnlySpan{byte}, Shape, Span{byte}, string, EvsConfig, IProgress{RunEvent}?, INoiseSource?)"/>: latents to latents.</summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,4], clean and scaled</param>
    /// <param name="prompt">what the clip shows</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after each step</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <returns>[F,h,w,4], at the scale of the last stage</returns>
    public Tensor Refine(Device d, Tensor x0, string prompt, EvsConfig config, IProgress<RunEvent>? progress = null, INoiseSource? noise = null)
    {
        var plan = EvsPlan.Build(config);
        var result = d.Rent(x0.Shape with { H = Scaled(x0.Shape.H, plan[^1]), W = Scaled(x0.Shape.W, plan[^1]) });
        using var scope = d.Enter("refine");
        var text = _prompts.Encode(d, prompt, config.NegativePrompt, config.ClipSkip, OnWarning);
        progress?.Report(new RunEvent("read the prompt", "both prompts"));

        var image = new UNetDenoiser(_unet, config.CreateImageSampler(), text, config.ImageGuidance) { FramesPerPass = config.FramesPerPass };
        var video = new UNetDenoiser(_unet, config.CreateVideoSampler(), text, config.VideoGuidance) { IsVideo = true, NormAcrossFrames = config.NormAcrossFrames };
        var refiner = new EvsRefiner(
            image, video, noise ?? new CounterNoise(config.Seed, config.SharedNoise), config.Sfi.Names(_unet.Features), config.Sfi.QueryWeight);
        var steps = progress is null ? null : new StepProgress(progress);
        d.Kernels.Copy(result, refiner.Refine(d, x0, plan, steps));
        return result;
    }

    /// <summary>Bytes to clean latents, a group of frames at a time.</summary>
    /// <param name="d">the device</param>
    /// <param name="rgb">[F,H,W,3]</param>
    /// <param name="clip">its shape</param>
    /// <param name="x0">[F,H/8,W/8,4], the result</param>
    /// <param name="progress">told after each group</param>
    /// <param name="most">frames of a group at most, 0 for as many as are handy; the result is the same</param>
    public void Encode(Device d, ReadOnlySpan<byte> rgb, Shape clip, Tensor x0, IProgress<RunEvent>? progress = null, int most = 0)
    {
        foreach (var (first, count) in Groups(clip, most))
        {
            using var scope = d.Enter("encode");
            int frame = clip.Pixels * clip.C;
            var pictures = d.Rent(clip with { N = count });
            d.Kernels.FromBytes(pictures, rgb.Slice(first * frame, count * frame));
            _vae.Encode(d, pictures, into: x0.Images(first, count));
            progress?.Report(new RunEvent("encode", $"frame {first + count} of {clip.N}"));
        }
    }

    /// <summary>Latents to bytes, a group of frames at a time.</summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[F,h,w,4]</param>
    /// <param name="rgb">[F,8h,8w,3], the result</param>
    /// <param name="progress">told after each group</param>
    /// <param name="most">frames of a group at most, 0 for as many as are handy; the result is the same</param>
    /// <exception cref="InputException">a decoded frame is not finite</exception>
    public void Decode(Device d, Tensor latents, Span<byte> rgb, IProgress<RunEvent>? progress = null, int most = 0)
    {
        var clip = new Shape(latents.Shape.N, latents.Shape.H * SizeMultiple, latents.Shape.W * SizeMultiple, 3);
        foreach (var (first, count) in Groups(clip, most))
        {
            using var scope = d.Enter("decode");
            int frame = clip.Pixels * clip.C;
            var pictures = _vae.Decode(d, latents.Images(first, count));
            if (d.Kernels.CountNonFinite(pictures) is > 0 and var bad)
                throw new InputException($"decode: {bad} numbers of frames {first + 1} to {first + count} are not finite: the autoencoder's weights are damaged or too large");
            d.Kernels.ToBytes(rgb.Slice(first * frame, count * frame), pictures);
            progress?.Report(new RunEvent("decode", $"frame {first + count} of {clip.N}"));
        }
    }

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels => _vae.Config.LatentChannels;

    /// <summary>One pass of the U-Net on random latents and text, for measuring; the motion modules take part where frames is not 0.</summary>
    public void PassOnce(Device d, Shape latents, int frames)
    {
        using var scope = d.Enter("pass");
        Tensor z = d.Rent(latents), text = d.Rent(new Shape(1, 1, 77, _unet.Config.CrossAttentionDim));
        d.Kernels.Noise(z, new NoiseKey(0, 0));
        d.Kernels.Noise(text, new NoiseKey(0, 1));
        _unet.Forward(d, z, timestep: 481, text, frames);
    }

    /// <summary>Shape of the latents of a clip [F,H,W,3].</summary>
    public Shape LatentShape(Shape clip) => new(clip.N, clip.H / SizeMultiple, clip.W / SizeMultiple, _vae.Config.LatentChannels);

    private static int Scaled(int size, EvsStage last) => (int)Math.Round(size * last.Scale);

    private static IEnumerable<(int First, int Count)> Groups(Shape clip, int most)
    {
        long frame = (long)clip.Pixels * clip.C * sizeof(float);
        int size = (int)Math.Clamp(PictureBytesPerGroup / frame, 1, most > 0 ? Math.Min(most, clip.N) : clip.N);
        for (int first = 0; first < clip.N; first += size) yield return (first, Math.Min(size, clip.N - first));
    }

    /// <summary>The refiner's steps as events of the run.</summary>
    private sealed class StepProgress(IProgress<RunEvent> run) : IProgress<EvsProgress>
    {
        public void Report(EvsProgress value) =>
            run.Report(new RunEvent(value.Plan[value.Stage].ToString(), $"step {value.Step}{(value.IsClimbing ? " up" : "")}, call {value.Calls} of {value.TotalCalls}"));
    }
}
