using EvsNative.Kernels;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Runs;

/// <summary>The settings of a run in the words that choose them, so that they can be typed again.</summary>
internal static class RunSettings
{
    /// <summary>Every choice by its option's name without dashes, in the order to print.</summary>
    public static Dictionary<string, object> Of(EvsConfig c, RefineRequest request)
    {
        var words = new Dictionary<string, object>
        {
            ["model"] = request.FakeWeights is { } size ? $"fake-weights {size}" : request.Model ?? "demo",
            ["motion"] = request.Motion ?? "the model's own",
            ["image-steps"] = c.ImageSteps,
            ["image-start"] = c.ImageStart,
            ["insert-at"] = c.Insertion,
            ["video-steps"] = c.VideoSteps,
            ["video-start"] = c.VideoStart,
            ["video-calls"] = c.VideoCalls,
            ["guidance"] = c.ImageGuidance,
            ["video-guidance"] = c.VideoGuidance,
            ["negative"] = c.NegativePrompt,
            ["bridge"] = Word(c.Bridge),
            ["entry"] = Lower(c.VideoEntry),
            ["noise"] = c.SharedNoise,
            ["reuse-noise"] = c.ReuseNoise,
            ["sfi"] = Lower(c.Sfi.Preset),
            ["image-sampler"] = Lower(c.ImageSampler),
            ["video-sampler"] = Lower(c.VideoSampler),
            ["clip-skip"] = c.ClipSkip,
            ["norm-per-frame"] = !c.NormAcrossFrames,
            ["upscale"] = request.Upscale,
            ["upscale-in"] = Lower(c.UpscaleIn),
            ["frames-per-pass"] = c.FramesPerPass,
            ["device"] = request.Device.Wish.ToString(),
            ["threads"] = request.Device.Threads,
        };
        if (c.Sfi.IsOn) words["gamma"] = c.Sfi.QueryWeight;
        if (c.Sfi.Attentions is { } attentions) words["sfi-attentions"] = string.Join(',', attentions);
        if (c.Sfi.Convs is { } convs) words["sfi-convs"] = string.Join(',', convs);
        return words;
    }

    /// <summary>The word that chooses a mode.</summary>
    public static string Word(EvsMode mode) => mode switch
    {
        EvsMode.T2IThenT2V => "t2i+t2v",
        EvsMode.T2VThenT2I => "t2v+t2i",
        _ => Lower(mode),
    };

    private static string Word(BridgeBack bridge) => bridge switch
    {
        BridgeBack.RepeatStep => "repeat",
        BridgeBack.NextStep => "next",
        _ => "direction",
    };

    private static string Lower<T>(T word) where T : struct, Enum => word.ToString().ToLowerInvariant();
}
