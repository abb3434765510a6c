namespace EvsNative.Pipelines.Compare;

/// <summary>What became of one clip under one setting.</summary>
/// <param name="Clip">what tables call the clip</param>
/// <param name="Variant">the setting; null for the clip as it was given</param>
/// <param name="Frames">where its frames are: a folder, or the clip that was given; null where there are none</param>
/// <param name="Numbers">what is known of it; null where it is not there</param>
/// <param name="Fault">why it is not there, in a line; null where it is there, or another worker has it</param>
public sealed record CellResult(string Clip, CompareVariant? Variant, string? Frames, CellNumbers? Numbers, string? Fault);
