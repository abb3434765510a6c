using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// The way of a clip through the networks: encode, refine, decode; each can be done alone. Cancelling the device's token stops each of them
/// within the running operation, on a dry device too.
/// </summary>
/// <param name="networks">the loaded networks</param>
public sealed class EvsPipeline(EvsNetworks networks)
{
    private const long PictureBytesPerGroup = 16L << 20;

    /// <summary>Told in one line of what does not stop a run, such as words that were cut off the prompt.</summary>
    public Action<Notice>? OnWarning { get; set; }

    /// <summary>Refines a clip. Its frames come and go one by one: no more of them is in host memory here than a group.</summary>
    /// <param name="d">the device that the networks are on</param>
    /// <param name="source">the frames, H and W multiples of <see cref="EvsNetworks.SizeMultiple"/></param>
    /// <param name="clip">F, H, W and 3 of them</param>
    /// <param name="sink">the result's, times the scale of latent upscaling</param>
    /// <param name="prompts">what the clip shows: a text, or one for each range of frames</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after each piece of work</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <exception cref="InputException">settings that contradict each other, or numbers that are no longer finite</exception>
    public void Refine(
        Device d, FrameSource source, Shape clip, FrameSink sink, ClipPrompts prompts, EvsConfig config,
        IProgress<RunEvent>? progress = null, INoiseSource? noise = null)
    {
        using var scope = d.Enter("refine");
        var x0 = d.Rent(networks.LatentShape(clip));
        Encode(d, source, clip, x0, progress, config.FramesPerPass);
        var latents = Refine(d, x0, prompts, config, progress, noise);
        Decode(d, latents, sink, progress, config.FramesPerPass);
    }

    /// <summary>Latents to latents: <see cref="Steps"/> to their end.</summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,4], clean and scaled, float32; left as they are</param>
    /// <param name="prompts">what the clip shows: a text, or one for each range of frames</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after the prompts and after each step</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <returns>[F,h,w,4], rented, at the scale of the last stage</returns>
    /// <exception cref="InputException">settings that contradict each other, or numbers that are no longer finite</exception>
    public Tensor Refine(
        Device d, Tensor x0, ClipPrompts prompts, EvsConfig config, IProgress<RunEvent>? progress = null, INoiseSource? noise = null)
    {
        var result = d.Rent(EvsPlan.Build(config)[^1].SizeOf(x0.Shape));
        foreach (var step in Steps(d, x0, prompts, config, progress, noise))
            if (step.IsLast) d.Kernels.Copy(result, step.Result);
        return result;
    }

    /// <summary>
    /// The steps of a refinement as they are done, for callers that look at them, stop early or keep them. A caller who rents tensors
    /// between two steps does it in a scope of its own, closed before the next step; an enumeration that is left early is disposed of, as
    /// <c>foreach</c> does.
    /// </summary>
    /// <param name="d">the device</param>
    /// <param name="x0">[F,h,w,4], clean and scaled, float32; left as they are</param>
    /// <param name="prompts">what the clip shows: a text, or one for each range of frames</param>
    /// <param name="config">the method's choices</param>
    /// <param name="progress">told after the prompts and after each step</param>
    /// <param name="noise">Gaussian numbers; those of config.Seed if absent</param>
    /// <returns>each step, in order; <see cref="EvsStep.Result"/> of the last is the result</returns>
    /// <exception cref="InputException">settings that contradict each other, or numbers that are no longer finite</exception>
    public IEnumerable<EvsStep> Steps(
        Device d, Tensor x0, ClipPrompts prompts, EvsConfig config, IProgress<RunEvent>? progress = null, INoiseSource? noise = null)
    {
        var plan = EvsPlan.Build(config);
        using var scope = d.Enter("refine");
        var text = networks.Prompts.Encode(d, prompts, config.NegativePrompt, x0.Shape.N, config.ClipSkip, OnWarning);
        progress?.Report(new RunEvent(RunPhase.Prompt, 2, 2));

        foreach (var step in Refiner(config, text, noise).Steps(d, x0, plan))
        {
            progress?.Report(RunEvent.Of(step));
            yield return step;
        }
    }

    /// <summary>Bytes to clean latents, a group of frames at a time.</summary>
    /// <param name="d">the device</param>
    /// <param name="source">the frames</param>
    /// <param name="clip">[F,H,W,3]</param>
    /// <param name="x0">[F,H/8,W/8,4], the result</param>
    /// <param name="progress">told after each group</param>
    /// <param name="most">frames of a group at most, 0 for as many as are handy; the result is the same</param>
    public void Encode(Device d, FrameSource source, Shape clip, Tensor x0, IProgress<RunEvent>? progress = null, int most = 0)
    {
        int frame = FrameBytes(clip);
        byte[] group = [];
        foreach (var (first, count) in Groups(clip, most))
        {
            if (first == 0) group = new byte[count * frame];
            for (int i = 0; i < count; i++) source(first + i, group.AsSpan(i * frame, frame));
            Encode(d, group.AsSpan(0, count * frame), first, count, clip, x0, progress);
        }
    }

    /// <summary>Latents to bytes, a group of frames at a time.</summary>
    /// <param name="d">the device</param>
    /// <param name="latents">[F,h,w,4]</param>
    /// <param name="sink">takes each frame [8h,8w,3]</param>
    /// <param name="progress">told after each group</param>
    /// <param name="most">frames of a group at most, 0 for as many as are handy; the result is the same</param>
    /// <exception cref="InputException">a decoded frame is not finite</exception>
    public void Decode(Device d, Tensor latents, FrameSink sink, IProgress<RunEvent>? progress = null, int most = 0)
    {
        var clip = PictureShape(latents.Shape);
        int frame = FrameBytes(clip);
        byte[] group = [];
        foreach (var (first, count) in Groups(clip, most))
        {
            if (first == 0) group = new byte[count * frame];
            Decode(d, latents, first, count, group.AsSpan(0, count * frame), progress);
            for (int i = 0; i < count; i++) sink(first + i, group.AsSpan(i * frame, frame));
        }
    }

    private void Encode(Device d, ReadOnlySpan<byte> group, int first, int count, Shape clip, Tensor x0, IProgress<RunEvent>? progress)
    {
        using var scope = d.Enter("encode");
        var pictures = d.Rent(clip with { N = count });
        d.Kernels.FromBytes(pictures, group);
        networks.Vae.Encode(d, pictures, into: x0.Images(first, count));
        progress?.Report(new RunEvent(RunPhase.Encode, first + count, clip.N));
    }

    private void Decode(Device d, Tensor latents, int first, int count, Span<byte> group, IProgress<RunEvent>? progress)
    {
        using var scope = d.Enter("decode");
        var pictures = networks.Vae.Decode(d, latents.Images(first, count));
        if (d.Kernels.CountNonFinite(pictures) is > 0 and var bad)
        {
            throw new InputException(
                InputCode.NotFinite,
                $"decode: {bad} numbers of frames {first + 1} to {first + count} are not finite: "
                + "the autoencoder's weights are damaged or too large");
        }

        d.Kernels.ToBytes(group, pictures);
        progress?.Report(new RunEvent(RunPhase.Decode, first + count, latents.Shape.N));
    }

    private Shape PictureShape(Shape latents) => new(latents.N, latents.H * networks.SizeMultiple, latents.W * networks.SizeMultiple, 3);

    private static int FrameBytes(Shape clip) => clip.Pixels * clip.C;

    private EvsRefiner Refiner(EvsConfig config, TextConditions text, INoiseSource? noise)
    {
        var unet = networks.UNet;
        var image = new UNetDenoiser(unet, config.CreateImageSampler(), text, config.ImageGuidance)
        {
            FramesPerPass = config.FramesPerPass,
            GuidanceRescale = config.GuidanceRescale,
        };
        var video = new UNetDenoiser(unet, config.CreateVideoSampler(), text, config.VideoGuidance)
        {
            IsVideo = true,
            GuidanceRescale = config.GuidanceRescale,
            NormAcrossFrames = config.NormAcrossFrames,
        };
        noise ??= new CounterNoise(config.Seed, config.SharedNoise);
        return new EvsRefiner(image, video, noise, config.Sfi.Names(unet.Features), config.Sfi.QueryWeight);
    }

    private static IEnumerable<(int First, int Count)> Groups(Shape clip, int most)
    {
        long frame = (long)clip.Pixels * clip.C * sizeof(float);
        int size = (int)Math.Clamp(PictureBytesPerGroup / frame, 1, most > 0 ? Math.Min(most, clip.N) : clip.N);
        for (int first = 0; first < clip.N; first += size) yield return (first, Math.Min(size, clip.N - first));
    }
}
