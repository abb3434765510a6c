using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>A refined clip with what is known about its making.</summary>
public sealed class RefineResult
{
    private readonly RunClock _clock;
    private readonly RunSummary _summary;

    internal RefineResult(VideoFrames before, VideoFrames after, RunSummary summary, RunClock clock) =>
        (Before, After, _summary, _clock) = (before, after, summary, clock);

    /// <summary>The clip that was given, at the size of the result.</summary>
    public VideoFrames Before { get; }

    /// <summary>The result.</summary>
    public VideoFrames After { get; }

    /// <summary>Device, settings, seconds, memory, measures, and what was written so far.</summary>
    public RunSummary Summary => _summary with
    {
        Stages = [.. _clock.Stages],
        Seconds = _clock.Stages.Sum(stage => stage.Seconds),
        // Systems that keep no peak say 0.
        PeakMemoryBytes = Math.Max(Process.GetCurrentProcess().PeakWorkingSet64, Environment.WorkingSet),
    };

    /// <summary>
    /// Writes the result as a folder of PNG frames or an .mp4, as <see cref="FrameFiles.Create"/> does, and adds that to the summary.
    /// </summary>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    public RefineResult Write(string path, bool force = false, CancellationToken cancellation = default)
    {
        _clock.Begin();
        using (var writer = FrameFiles.Create(path, After.Format, force, cancellation))
        {
            for (int i = 0; i < After.Count; i++)
            {
                writer.Write(After.Frame(i), After.StampOf(i));
                _clock.Tell(RunPart.Write, path, (i + 1.0) / After.Count);
            }

            writer.Complete();
        }

        _clock.Done("write");
        return new RefineResult(
            Before, After, _summary with { Output = VideoInfo.Of(After, path), Written = [.. _summary.Written, path] }, _clock);
    }
}
