using EvsNative.Layers;

namespace EvsNative.Models.Evs;

/// <summary>How both models are composed: the method and the four compositions that the paper holds it against.</summary>
public enum EvsMode
{
    /// <summary>A burst of video steps encapsulated in the image model's run: T2I + [T2V] + T2I.</summary>
    Evs,

    /// <summary>The image model alone.</summary>
    T2I,

    /// <summary>The video model alone.</summary>
    T2V,

    /// <summary>The image model, then the video model.</summary>
    T2IThenT2V,

    /// <summary>The video model, then the image model.</summary>
    T2VThenT2I,
}

/// <summary>How the image model's run goes on after the video block (evs.md 1.9).</summary>
public enum BridgeBack
{
    /// <summary>The interrupted step is done again, from fresh noise: the paper's Eq. 10.</summary>
    RepeatStep,

    /// <summary>Fresh noise to the next level.</summary>
    NextStep,

    /// <summary>To the next level along the image model's own last prediction: no fresh noise, less flicker. Not in the paper.</summary>
    DdimDirection,
}

/// <summary>Where the picture is enlarged.</summary>
public enum UpscaleIn
{
    /// <summary>Frames, before they are encoded: the paper. Both models work at the final size.</summary>
    Pixels,

    /// <summary>Latents, on entering the image model: the authors' later code. The video model works at the original size.</summary>
    Latents,
}

/// <summary>The words by which users choose.</summary>
public static class EvsWords
{
    /// <summary>evs, t2i, t2v, t2i+t2v or t2v+t2i.</summary>
    public static EvsMode Mode(string word) => word.ToLowerInvariant() switch
    {
        "evs" => EvsMode.Evs,
        "t2i" => EvsMode.T2I,
        "t2v" => EvsMode.T2V,
        "t2i+t2v" => EvsMode.T2IThenT2V,
        "t2v+t2i" => EvsMode.T2VThenT2I,
        _ => throw Unknown("mode", word, "evs, t2i, t2v, t2i+t2v or t2v+t2i"),
    };

    /// <summary>repeat, next or direction.</summary>
    public static BridgeBack Bridge(string word) => word.ToLowerInvariant() switch
    {
        "repeat" => BridgeBack.RepeatStep,
        "next" => BridgeBack.NextStep,
        "direction" => BridgeBack.DdimDirection,
        _ => throw Unknown("bridge", word, "repeat, next or direction"),
    };

    /// <summary>noise or invert.</summary>
    public static Entry Entry(string word) => word.ToLowerInvariant() switch
    {
        "noise" => Evs.Entry.Noise,
        "invert" => Evs.Entry.Invert,
        _ => throw Unknown("entry", word, "noise or invert"),
    };

    /// <summary>pixels or latents.</summary>
    public static UpscaleIn UpscaleIn(string word) => word.ToLowerInvariant() switch
    {
        "pixels" => Evs.UpscaleIn.Pixels,
        "latents" => Evs.UpscaleIn.Latents,
        _ => throw Unknown("place to upscale", word, "pixels or latents"),
    };

    /// <summary>none, deep, shallow or full.</summary>
    public static SfiPreset Sfi(string word) => word.ToLowerInvariant() switch
    {
        "none" => SfiPreset.None,
        "deep" => SfiPreset.Deep,
        "shallow" => SfiPreset.Shallow,
        "full" => SfiPreset.Full,
        _ => throw Unknown("feature injection", word, "none, deep, shallow or full"),
    };

    private static InputException Unknown(string what, string word, string known) => new($"unknown {what} '{word}': {known}");
}
