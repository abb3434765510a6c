using EvsNative.Models.Evs;
using EvsNative.Models.Sampling;

namespace EvsNative.Pipelines.Settings;

/// <summary>The method's own choices, each a property of <see cref="EvsConfig"/>.</summary>
public static class MethodSettings
{
    private static readonly Wording<SamplerKind> Samplers = Wordings.OneOf(
        ("ddim", SamplerKind.Ddim), ("euler", SamplerKind.Euler), ("lcm", SamplerKind.Lcm));

    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("method");

    /// <summary>The composition.</summary>
    public static Setting<EvsMode> Mode { get; } = Group.Add(new Setting<EvsMode>(
        "mode",
        Wordings.OneOf(
            ("evs", EvsMode.Evs),
            ("t2i", EvsMode.T2I),
            ("t2v", EvsMode.T2V),
            ("t2i+t2v", EvsMode.T2IThenT2V),
            ("t2v+t2i", EvsMode.T2VThenT2I)),
        "how image and video model are composed")
    {
        IsCommon = true,
        Default = "evs",
        Example = "t2i",
        Apply = (c, mode) => c with { Mode = mode },
        Holds = c => c.Mode,
    });

    /// <summary>The seed of all noise.</summary>
    public static Setting<ulong> Seed { get; } = Group.Add(new Setting<ulong>("seed", Wordings.Seed, "the noise is a function of it")
    {
        IsCommon = true,
        Default = "0",
        Example = "8",
        Apply = (c, seed) => c with { Seed = seed },
        Holds = c => c.Seed,
    });

    /// <summary>T_I.</summary>
    public static Setting<int> ImageSteps { get; } = Group.Add(new Setting<int>(
        "image-steps", Wordings.Whole, "T_I, steps of the image model's schedule")
    {
        Default = "50",
        Example = "25",
        Limit = nameof(EvsConfig.ImageSteps),
        Unsettles = () => [ImageStart!, Insertion!],
        Apply = (c, steps) => c with { ImageSteps = steps },
        Holds = c => c.ImageSteps,
    });

    /// <summary>t_I.</summary>
    public static Setting<int> ImageStart { get; } = Group.Add(new Setting<int>(
        "image-start", Wordings.Whole, "t_I, the image model's first step, instead of --strength")
    {
        Default = "0.4 of T_I",
        Example = "3",
        Limit = nameof(EvsConfig.ImageStart),
        Unsettles = () => [Insertion!],
        Apply = (c, start) => c with { ImageStart = start },
        Holds = c => c.ImageStart,
    });

    /// <summary>t_I as a share of T_I.</summary>
    public static Setting<double> Strength { get; } = Group.Add(new Setting<double>(
        "strength", Wordings.Number, "share of the image model's steps that are done, t_I / T_I")
    {
        IsCommon = true,
        Default = "0.4",
        Example = "0.5",
        Limit = nameof(EvsConfig.Strength),
        InsteadOf = [ImageStart],
        Unsettles = () => [Insertion!],
        Apply = (c, share) => c with { Strength = share },
    });

    /// <summary>t_T2V.</summary>
    public static Setting<int> Insertion { get; } = Group.Add(new Setting<int>(
        "insert-at", Wordings.Whole, "t_T2V, the image model's step at which the video model takes over, 0 for never")
    {
        Default = "half of t_I",
        Example = "2",
        Limit = nameof(EvsConfig.Insertion),
        Apply = (c, step) => c with { Insertion = step },
        Holds = c => c.Insertion,
    });

    /// <summary>T_V.</summary>
    public static Setting<int> VideoSteps { get; } = Group.Add(new Setting<int>(
        "video-steps", Wordings.Whole, "T_V, steps of the video model's schedule")
    {
        Default = "the motion modules' own",
        Example = "4",
        Limit = nameof(EvsConfig.VideoSteps),
        Unsettles = () => [VideoStart!, VideoCalls!],
        Apply = (c, steps) => c with { VideoSteps = steps },
        Holds = c => c.VideoSteps,
    });

    /// <summary>t_V.</summary>
    public static Setting<int> VideoStart { get; } = Group.Add(new Setting<int>(
        "video-start", Wordings.Whole, "t_V, the video model's first step")
    {
        Default = "half of T_V",
        Example = "2",
        Limit = nameof(EvsConfig.VideoStart),
        Unsettles = () => [VideoCalls!],
        Apply = (c, start) => c with { VideoStart = start },
        Holds = c => c.VideoStart,
    });

    /// <summary>n_V.</summary>
    public static Setting<int> VideoCalls { get; } = Group.Add(new Setting<int>(
        "video-calls", Wordings.Whole, "n_V, steps of the encapsulated video block")
    {
        Default = "2",
        Example = "1",
        Limit = nameof(EvsConfig.VideoCalls),
        Apply = (c, calls) => c with { VideoCalls = calls },
        Holds = c => c.VideoCalls,
    });

    /// <summary>Guidance of the image model.</summary>
    public static Setting<double> Guidance { get; } = Group.Add(new Setting<double>(
        "guidance", Wordings.Number, "image guidance, 1 for none")
    {
        IsCommon = true,
        Default = "7.5",
        Example = "1",
        Limit = nameof(EvsConfig.ImageGuidance),
        Apply = (c, guidance) => c with { ImageGuidance = guidance },
        Holds = c => c.ImageGuidance,
    });

    /// <summary>Guidance of the video model.</summary>
    public static Setting<double> VideoGuidance { get; } = Group.Add(new Setting<double>(
        "video-guidance", Wordings.Number, "video guidance, 1 for none")
    {
        Default = "the motion modules' own",
        Example = "2",
        Limit = nameof(EvsConfig.VideoGuidance),
        Apply = (c, guidance) => c with { VideoGuidance = guidance },
        Holds = c => c.VideoGuidance,
    });

    /// <summary>Contrast that strong guidance washes out.</summary>
    public static Setting<double> GuidanceRescale { get; } = Group.Add(new Setting<double>(
        "guidance-rescale",
        Wordings.Number with { Placeholder = "SHARE" },
        "share of the prompt's own contrast that guided steps of both models get back; nothing without guidance")
    {
        Default = "0",
        Example = "0.7",
        Limit = nameof(EvsConfig.GuidanceRescale),
        Apply = (c, share) => c with { GuidanceRescale = share },
        Holds = c => c.GuidanceRescale,
    });

    /// <summary>What guidance leads away from.</summary>
    public static Setting<string> Negative { get; } = Group.Add(new Setting<string>(
        "negative", Wordings.Text("TEXT"), "what the clip does not show")
    {
        IsCommon = true,
        Example = "blurred",
        Apply = (c, prompt) => c with { NegativePrompt = prompt },
        Holds = c => c.NegativePrompt,
    });

    /// <summary>The way back to the image model.</summary>
    public static Setting<BridgeBack> Bridge { get; } = Group.Add(new Setting<BridgeBack>(
        "bridge",
        Wordings.OneOf(("repeat", BridgeBack.RepeatStep), ("next", BridgeBack.NextStep), ("direction", BridgeBack.DdimDirection)),
        "how the image model goes on after the video block")
    {
        Default = "repeat",
        Example = "next",
        Apply = (c, bridge) => c with { Bridge = bridge },
        Holds = c => c.Bridge,
    });

    /// <summary>The way into the video model.</summary>
    public static Setting<Entry> Entry { get; } = Group.Add(new Setting<Entry>(
        "entry", Wordings.OneOf(("noise", Models.Evs.Entry.Noise), ("invert", Models.Evs.Entry.Invert)), "how the video model is entered")
    {
        Default = "noise, with --sfi invert",
        Example = "invert",
        Apply = (c, entry) => c with { VideoEntry = entry },
        Holds = c => c.VideoEntry,
    });

    /// <summary>Noise that frames share.</summary>
    public static Setting<double> Noise { get; } = Group.Add(new Setting<double>(
        "noise", Wordings.Share, "own for each frame, shared by all, or a share of shared noise")
    {
        Default = "own",
        Example = "0.5",
        Limit = nameof(EvsConfig.SharedNoise),
        Apply = (c, share) => c with { SharedNoise = share },
        Holds = c => c.SharedNoise,
    });

    /// <summary>The image model's first noise again.</summary>
    public static Setting<bool> ReuseNoise { get; } = Group.Add(new Setting<bool>(
        "reuse-noise", Wordings.Flag, "the image model gets its first noise again when it goes on")
    {
        Example = "true",
        Apply = (c, reuses) => c with { ReuseNoise = reuses },
        Holds = c => c.ReuseNoise,
    });

    /// <summary>Selective feature injection.</summary>
    public static Setting<SfiPreset> Sfi { get; } = Group.Add(new Setting<SfiPreset>(
        "sfi",
        Wordings.OneOf(("none", SfiPreset.None), ("deep", SfiPreset.Deep), ("shallow", SfiPreset.Shallow), ("full", SfiPreset.Full)),
        "selective feature injection")
    {
        Default = "none",
        Example = "deep",
        Unsettles = () => [Entry, SfiAttentions!, SfiConvs!, Gamma!],
        Apply = (c, preset) => c with { Sfi = c.Sfi with { Preset = preset } },
        Holds = c => c.Sfi.Preset,
    });

    /// <summary>Self-attentions whose features are injected.</summary>
    public static Setting<IReadOnlyList<int>> SfiAttentions { get; } = Group.Add(new Setting<IReadOnlyList<int>>(
        "sfi-attentions", Wordings.List, "self-attentions on the way up by number, such as 0,1,2")
    {
        Default = "the preset's",
        Example = "0,1",
        Unsettles = () => [Entry],
        Apply = (c, numbers) => c with { Sfi = c.Sfi with { Attentions = numbers } },
        Holds = c => c.Sfi.Attentions,
    });

    /// <summary>Resnets whose features are injected.</summary>
    public static Setting<IReadOnlyList<int>> SfiConvs { get; } = Group.Add(new Setting<IReadOnlyList<int>>(
        "sfi-convs", Wordings.List, "resnets on the way up by number")
    {
        Default = "the preset's",
        Example = "1",
        Unsettles = () => [Entry],
        Apply = (c, numbers) => c with { Sfi = c.Sfi with { Convs = numbers } },
        Holds = c => c.Sfi.Convs,
    });

    /// <summary>The weight of injected queries.</summary>
    public static Setting<double> Gamma { get; } = Group.Add(new Setting<double>("gamma", Wordings.Number, "weight of the recorded queries")
    {
        Default = "the preset's",
        Example = "0.5",
        Limit = nameof(EvsConfig.Sfi),
        Apply = (c, gamma) => c with { Sfi = c.Sfi with { Gamma = gamma } },
        Holds = c => c.Sfi.IsOn ? c.Sfi.QueryWeight : null,
    });

    /// <summary>The image model's sampler.</summary>
    public static Setting<SamplerKind> ImageSampler { get; } = Group.Add(new Setting<SamplerKind>(
        "image-sampler", Samplers, "sampler of the image model")
    {
        Default = "ddim",
        Example = "euler",
        Apply = (c, sampler) => c with { ImageSampler = sampler },
        Holds = c => c.ImageSampler,
    });

    /// <summary>The video model's sampler.</summary>
    public static Setting<SamplerKind> VideoSampler { get; } = Group.Add(new Setting<SamplerKind>(
        "video-sampler", Samplers, "sampler of the video model")
    {
        Default = "the motion modules' own",
        Example = "ddim",
        Apply = (c, sampler) => c with { VideoSampler = sampler },
        Holds = c => c.VideoSampler,
    });

    /// <summary>Layers of the text encoder that are left out.</summary>
    public static Setting<int> ClipSkip { get; } = Group.Add(new Setting<int>(
        "clip-skip", Wordings.Whole, "layers of the text encoder left out at its end")
    {
        Default = "0",
        Example = "1",
        Limit = nameof(EvsConfig.ClipSkip),
        Apply = (c, layers) => c with { ClipSkip = layers },
        Holds = c => c.ClipSkip,
    });

    /// <summary>The norm of the original motion modules.</summary>
    public static Setting<bool> NormPerFrame { get; } = Group.Add(new Setting<bool>(
        "norm-per-frame", Wordings.Flag, "motion modules normalise each frame alone, as the original AnimateDiff does")
    {
        Example = "true",
        Apply = (c, isPerFrame) => c with { NormAcrossFrames = !isPerFrame },
        Holds = c => !c.NormAcrossFrames,
    });

    /// <summary>Frames that the video model sees at once.</summary>
    public static Setting<int> Window { get; } = Group.Add(new Setting<int>(
        "window", Wordings.Whole, "frames that the video model sees at once; longer clips are done in windows that overlap")
    {
        Default = "those of the clips that the motion modules were trained on, 16",
        Example = "12",
        Limit = nameof(EvsConfig.Window),
        Unsettles = () => [WindowOverlap!],
        Apply = (c, frames) => c with { Window = frames },
        Holds = c => c.Window,
    });

    /// <summary>Frames that windows share.</summary>
    public static Setting<int> WindowOverlap { get; } = Group.Add(new Setting<int>(
        "window-overlap", Wordings.Whole, "frames that neighbouring windows share at least")
    {
        Default = "a quarter of the window",
        Example = "6",
        Limit = nameof(EvsConfig.WindowOverlap),
        Apply = (c, frames) => c with { WindowOverlap = frames },
        Holds = c => c.WindowOverlap,
    });

    /// <summary>Windows that lie elsewhere in each step.</summary>
    public static Setting<bool> WindowShift { get; } = Group.Add(new Setting<bool>(
        "window-shift", Wordings.OneOf(("on", true), ("off", false)), "whether the windows lie elsewhere from step to step")
    {
        Default = "on",
        Example = "off",
        Apply = (c, shifts) => c with { WindowShift = shifts },
        Holds = c => c.WindowShift,
    });
}
