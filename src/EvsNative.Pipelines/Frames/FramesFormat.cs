namespace EvsNative.Pipelines.Frames;

/// <summary>What the frames of a folder are.</summary>
public enum FramesFormat
{
    /// <summary>PNG, which loses nothing.</summary>
    Png,

    /// <summary>JPEG.</summary>
    Jpeg,
}
