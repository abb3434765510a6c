namespace EvsNative.Pipelines.Frames;

/// <summary>Where a clip was read from, for whoever takes over what is not a picture: sound, subtitles, chapters, tags.</summary>
/// <param name="Path">the file</param>
/// <param name="Stream">index of the video stream whose frames are read</param>
/// <param name="From">the moment of the file that is the clip's zero; stamps of frames count from it</param>
/// <param name="To">the moment of the file at which the clip ends; null for the file's end</param>
public sealed record ClipOrigin(string Path, int Stream, TimeSpan From, TimeSpan? To);
