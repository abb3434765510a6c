using System.Globalization;
using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models.Evs;

/// <summary>
/// Every choice of the method, with the paper's values where it names them and settings of our own where it is silent (evs.md 1.10). Steps
/// are counted from the clean end: step k of T is level k.
/// </summary>
public sealed record EvsConfig
{
    private readonly int? _imageStart, _insertion, _videoSteps, _videoStart, _videoCalls, _window, _windowOverlap;
    private readonly double? _videoGuidance;
    private readonly SamplerKind? _videoSampler;
    private readonly Entry? _videoEntry;

    /// <summary>The composition.</summary>
    public EvsMode Mode { get; init; }

    /// <summary>The image model's training noise.</summary>
    public SchedulerConfig ImageScheduler { get; init; } = SchedulerConfig.StableDiffusion;

    /// <summary>How the motion modules want to be sampled.</summary>
    public MotionProfile Motion { get; init; } = MotionProfile.Lightning();

    /// <summary>T_I, steps of the image model's schedule.</summary>
    public int ImageSteps { get; init; } = 50;

    /// <summary>s_I = t_I / T_I, an alternative to <see cref="ImageStart"/>: t_I is the product, truncated.</summary>
    public double? Strength { get; init; }

    /// <summary>t_I, the image model's first step; 0.4 T_I unless given.</summary>
    public int ImageStart { get => _imageStart ?? NoiseSchedule.StepsOf(ImageSteps, Strength ?? 0.4); init => _imageStart = value; }

    /// <summary>t_T2V, the step of the image model whose estimate the video model gets; 0 for never; half of t_I unless given.</summary>
    public int Insertion { get => _insertion ?? (ImageStart + 1) / 2; init => _insertion = value; }

    /// <summary>T_V, steps of the video model's schedule; the motion modules' own number unless given.</summary>
    public int VideoSteps { get => _videoSteps ?? Motion.Steps; init => _videoSteps = value; }

    /// <summary>t_V, the video model's first step; half of T_V unless given.</summary>
    public int VideoStart { get => _videoStart ?? (VideoSteps + 1) / 2; init => _videoStart = value; }

    /// <summary>n_V, steps of the video block of <see cref="EvsMode.Evs"/>; 2 unless given.</summary>
    public int VideoCalls { get => _videoCalls ?? Math.Min(2, VideoStart); init => _videoCalls = value; }

    /// <summary>Guidance of the image model; at 1 and below there is no negative pass.</summary>
    public double ImageGuidance { get; init; } = 7.5;

    /// <summary>Guidance of the video model; the motion modules' own unless given: 1 for Lightning, none.</summary>
    public double VideoGuidance { get => _videoGuidance ?? Motion.Guidance; init => _videoGuidance = value; }

    /// <summary>
    /// How much of the prompt's own contrast the guided steps of both models get back, 0 for none to 1 for all; nothing without guidance.
    /// </summary>
    public double GuidanceRescale { get; init; }

    /// <summary>What guidance leads away from.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Layers of the text encoder left out at its end, for the positive prompt.</summary>
    public int ClipSkip { get; init; }

    /// <summary>How the image model goes on after the video block.</summary>
    public BridgeBack Bridge { get; init; }

    /// <summary>Every noise is a function of this number.</summary>
    public ulong Seed { get; init; }

    /// <summary>0: each frame has noise of its own; 1: all share one; between: a mixture.</summary>
    public double SharedNoise { get; init; }

    /// <summary>True if the image model gets its first noise again when it goes on; false for fresh noise.</summary>
    public bool ReuseNoise { get; init; }

    /// <summary>How the video stage is entered; by inversion if features are injected, by noise otherwise, unless given.</summary>
    public Entry VideoEntry { get => _videoEntry ?? (Sfi.IsOn ? Entry.Invert : Entry.Noise); init => _videoEntry = value; }

    /// <summary>Features injected into the video stage.</summary>
    public SfiConfig Sfi { get; init; } = new();

    /// <summary>The image model's sampler.</summary>
    public SamplerKind ImageSampler { get; init; }

    /// <summary>The video model's sampler; the motion modules' own unless given.</summary>
    public SamplerKind VideoSampler { get => _videoSampler ?? Motion.Sampler; init => _videoSampler = value; }

    /// <summary>
    /// True if the motion modules' norm sees all frames at once (diffusers), false if frame by frame (the original AnimateDiff).
    /// </summary>
    public bool NormAcrossFrames { get; init; } = true;

    /// <summary>Height and width of the result over those of the input.</summary>
    public double Upscale { get; init; } = 2;

    /// <summary>Where the picture is enlarged.</summary>
    public UpscaleIn UpscaleIn { get; init; }

    /// <summary>
    /// Frames that the image model and the autoencoder see in one pass, 0 for as many as a window has: less memory, the same result.
    /// </summary>
    public int FramesPerPass { get; init; }

    /// <summary>Rows of latents in a tile of the autoencoder, 0 for whole pictures: less memory, other rounding.</summary>
    public int VaeTiling { get; init; }

    /// <summary>Frames that the video model sees at once; those of the clips that it was trained on unless given.</summary>
    public int Window { get => _window ?? Motion.Window; init => _window = value; }

    /// <summary>Frames that two windows share at least; a quarter of a window unless given.</summary>
    public int WindowOverlap { get => _windowOverlap ?? Window / 4; init => _windowOverlap = value; }

    /// <summary>True if the windows lie elsewhere from step to step.</summary>
    public bool WindowShift { get; init; } = true;

    /// <summary>How a clip is cut for the video model.</summary>
    /// <param name="mostFrames">those that the motion modules have positions for</param>
    /// <exception cref="InputException">the window that was given has more</exception>
    public VideoWindows Windows(int mostFrames)
    {
        int length = _window ?? Math.Min(Window, mostFrames);
        if (length <= mostFrames) return new VideoWindows(length, Math.Min(WindowOverlap, length - 1), WindowShift);
        throw new InputException(
            InputCode.OutOfRange, $"a window of {length} frames is more than the motion modules take: they have {mostFrames} positions");
    }

    /// <summary>The image model's sampler over its schedule.</summary>
    internal ISampler CreateImageSampler() => Samplers.Create(ImageSampler, ImageScheduler, ImageSteps);

    /// <summary>The video model's sampler over its schedule.</summary>
    internal ISampler CreateVideoSampler() => Samplers.Create(VideoSampler, Motion.Scheduler, VideoSteps);

    /// <summary>True if a stage asks the image model.</summary>
    public bool NeedsImage => Mode != EvsMode.T2V;

    /// <summary>True if a stage asks the video model, so that motion modules are needed and all frames are one video.</summary>
    public bool NeedsMotion => Mode != EvsMode.T2I && !(Mode == EvsMode.Evs && Insertion == 0);

    /// <summary>The range of every number. One that depends on another is held to it only by compositions that read both.</summary>
    public IEnumerable<EvsLimit> Limits()
    {
        const int MostSteps = 1000, MostGuidance = 100, MostSkipped = 100, MostUpscale = 8, MostFrames = 1000;
        if (Strength is { } strength) yield return new EvsLimit(nameof(Strength), "strength", strength, 0, 1);
        yield return new EvsLimit(nameof(ImageSteps), "T_I", ImageSteps, 1, MostSteps);
        if (NeedsImage) yield return new EvsLimit(nameof(ImageStart), "t_I", ImageStart, 1, ImageSteps, "T_I");
        if (Mode == EvsMode.Evs) yield return new EvsLimit(nameof(Insertion), "t_T2V", Insertion, 0, ImageStart, "t_I");
        yield return new EvsLimit(nameof(VideoSteps), "T_V", VideoSteps, 1, MostSteps);
        if (NeedsMotion) yield return new EvsLimit(nameof(VideoStart), "t_V", VideoStart, 1, VideoSteps, "T_V");
        if (NeedsMotion && Mode == EvsMode.Evs) yield return new EvsLimit(nameof(VideoCalls), "n_V", VideoCalls, 1, VideoStart, "t_V");
        yield return new EvsLimit(nameof(ImageGuidance), "image guidance", ImageGuidance, 0, MostGuidance);
        yield return new EvsLimit(nameof(VideoGuidance), "video guidance", VideoGuidance, 0, MostGuidance);
        yield return new EvsLimit(nameof(GuidanceRescale), "guidance rescale", GuidanceRescale, 0, 1);
        yield return new EvsLimit(nameof(ClipSkip), "clip skip", ClipSkip, 0, MostSkipped);
        yield return new EvsLimit(nameof(SharedNoise), "shared noise", SharedNoise, 0, 1);
        yield return new EvsLimit(nameof(Upscale), "upscale", Upscale, 1, MostUpscale);
        yield return new EvsLimit(nameof(FramesPerPass), "frames per pass", FramesPerPass, 0, double.PositiveInfinity);
        yield return new EvsLimit(nameof(VaeTiling), "rows of a tile", VaeTiling, 0, double.PositiveInfinity);
        yield return new EvsLimit(nameof(Window), "window", Window, 1, MostFrames);
        yield return new EvsLimit(nameof(WindowOverlap), "window overlap", WindowOverlap, 0, Window - 1, "window - 1");
        yield return new EvsLimit(nameof(Sfi), "gamma", Sfi.QueryWeight, 0, 1);
    }

    /// <summary>Throws if the choices contradict each other or make no sense.</summary>
    /// <exception cref="InputException">one line that names the choice and its limits</exception>
    public void Validate()
    {
        if (_imageStart is not null && Strength is not null)
            throw new InputException(InputCode.Conflict, "strength and t_I are two words for one thing: give only one of them");
        if (Strength is { } share && NeedsImage && ImageSteps >= 1 && share is >= 0 and <= 1 && ImageStart == 0)
        {
            throw new InputException(
                InputCode.OutOfRange, $"strength {Text(share)} of {ImageSteps} steps leaves no step to do: raise one of them");
        }

        if (Limits().FirstOrDefault(limit => !limit.Holds) is { } broken)
            throw new InputException(InputCode.OutOfRange, $"{broken.Symbol} = {Text(broken.Value)} is out of range: {broken.Range}");
        if (NeedsMotion) ValidateEntry();
        bool isLastStepTaken = Mode == EvsMode.Evs && Insertion == 1 && Bridge != BridgeBack.RepeatStep;
        if (UpscaleIn == UpscaleIn.Latents && Upscale > 1 && (isLastStepTaken || Mode is EvsMode.T2V or EvsMode.T2IThenT2V))
        {
            throw new InputException(
                InputCode.Conflict, "this run ends with the video model, which works at the original size: upscale in pixels");
        }
    }

    private void ValidateEntry()
    {
        if (Sfi.IsOn && VideoEntry != Entry.Invert)
        {
            throw new InputException(
                InputCode.Conflict,
                "feature injection needs features recorded on the way up: enter the video stage by inversion, not by noise");
        }

        if (VideoEntry == Entry.Direction)
            throw new InputException(InputCode.Conflict, "the video stage can be entered by noise or by inversion only");
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
