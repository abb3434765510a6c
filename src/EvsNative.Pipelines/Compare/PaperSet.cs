namespace EvsNative.Pipelines.Compare;

/// <summary>
/// The paper's two sets of clips: what a video model made of the 93 prompts of VBench's list "overall_consistency", the first sample of
/// each.
/// </summary>
public enum PaperSet
{
    /// <summary>By VideoCrafter 2: 320x512 (height x width), 16 frames, 10 a second.</summary>
    VideoCrafter2,

    /// <summary>By AnimateDiff 2: 512x512, 16 frames, 8 a second.</summary>
    AnimateDiff2,
}
