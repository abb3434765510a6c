namespace EvsNative.Pipelines.Frames;

/// <summary>How the pictures of a video are coded.</summary>
public enum VideoCodec
{
    /// <summary>H.264, which everything plays.</summary>
    H264,

    /// <summary>HEVC (H.265).</summary>
    Hevc,

    /// <summary>VP9.</summary>
    Vp9,

    /// <summary>AV1.</summary>
    Av1,

    /// <summary>Apple ProRes, for editing.</summary>
    ProRes,

    /// <summary>FFV1, which loses nothing.</summary>
    Ffv1,

    /// <summary>GIF: 256 colours a frame.</summary>
    Gif,

    /// <summary>Animated WebP.</summary>
    WebP,

    /// <summary>Animated PNG, which loses nothing.</summary>
    Apng,
}
