namespace EvsNative.Pipelines.Frames;

/// <summary>A chapter of a clip.</summary>
/// <param name="From">when it begins, from the clip's beginning</param>
/// <param name="To">when it ends</param>
/// <param name="Title">its name, empty for none</param>
internal sealed record ClipChapter(TimeSpan From, TimeSpan To, string Title);
