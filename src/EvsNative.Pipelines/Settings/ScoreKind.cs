namespace EvsNative.Pipelines.Settings;

/// <summary>The scores of the paper.</summary>
public enum ScoreKind
{
    /// <summary>MS: how well AMT-S foresees each odd frame from its neighbours, 0 to 1.</summary>
    Motion,

    /// <summary>SC: how alike the frames' DINO features are, 0 to 1.</summary>
    Subject,

    /// <summary>DOVER: quality of the video, technical and aesthetic, 0 to 100.</summary>
    Dover,

    /// <summary>AP: how pleasing each frame is, by Aesthetic Predictor V2.5, about 1 to 10.</summary>
    Aesthetic,
}
