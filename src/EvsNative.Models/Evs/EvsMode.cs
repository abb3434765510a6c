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
