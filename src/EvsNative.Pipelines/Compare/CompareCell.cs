using EvsNative.Pipelines.Runs;

namespace EvsNative.Pipelines.Compare;

/// <summary>
/// One clip under one setting. Its frames lie in a folder whose name tells what they are made of, so that a folder that is there is this
/// very cell, finished, whatever comparison asks for it.
/// </summary>
/// <param name="Clip">the clip</param>
/// <param name="Variant">the setting; null for the clip as it was given</param>
/// <param name="Request">what makes it</param>
/// <param name="Folder">of its frames; of a clip as it was given nothing lies there</param>
internal sealed record CompareCell(CompareClip Clip, CompareVariant? Variant, RefineRequest Request, string Folder)
{
    /// <summary>The file of its numbers.</summary>
    public string NumbersFile => $"{Folder}.json";

    /// <summary>Where its frames are: the clip itself, if it is that as it was given.</summary>
    public string Frames => Variant is not null ? Folder : Request.Demo?.ClipFolder ?? Request.Input!;

    /// <summary>For people.</summary>
    public string Name => $"{Clip.Name}, {Variant?.Name ?? "as it was given"}";
}
