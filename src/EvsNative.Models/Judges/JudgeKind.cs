namespace EvsNative.Models;

/// <summary>The files of weights behind the scores of a clip.</summary>
public enum JudgeKind
{
    /// <summary>AMT-S, which makes the frame between two: motion smoothness.</summary>
    Amt,

    /// <summary>DINO ViT-B/16, which says what is seen: subject consistency.</summary>
    Dino,

    /// <summary>DOVER, which judges the quality of a video.</summary>
    Dover,

    /// <summary>The head of Aesthetic Predictor V2.5, which goes with <see cref="Siglip"/>.</summary>
    AestheticHead,

    /// <summary>SigLIP so400m/14 for 384 pixels: what Aesthetic Predictor V2.5 looks with.</summary>
    Siglip,
}
