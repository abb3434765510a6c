using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>A short refined clip in memory with what is known about its making.</summary>
/// <param name="Frames">the result</param>
/// <param name="Summary">device, settings, seconds, memory, measures</param>
public sealed record RefineResult(VideoFrames Frames, RunSummary Summary);
