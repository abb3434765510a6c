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
    /// Writes the result as a folder of PNG frames or an .mp4, as
    /// <see cref="FrameFiles.Create(string, VideoFormat, bool, CancellationToken)"/> does, and adds that to the summary.
    /// </summary>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    public RefineResult Write(string path, bool force = false, CancellationToken cancellation = default)
    {
        using var clip = Encode(path, force, wasAsked: false, cancellation);
        return clip.Place();
    }

    /// <summary>The same up to the moment before it appears, so that what belongs to it can appear together with it.</summary>
    /// <param name="path">where it is to be</param>
    /// <param name="force">replace what is there, if it is of the same kind</param>
    /// <param name="wasAsked">the place could be had before the work; if it no longer can, the clip gets another name</param>
    /// <param name="cancellation">stops writing</param>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    internal PendingClip Encode(string path, bool force, bool wasAsked, CancellationToken cancellation)
    {
        _clock.Begin();
        var writer = FrameFiles.Create(path, After.Format, force, wasAsked, cancellation);
        try
        {
            for (int i = 0; i < After.Count; i++)
            {
                writer.Write(After.Frame(i), After.StampOf(i));
                _clock.Tell(RunPart.Write, path, (i + 1.0) / After.Count);
            }

            writer.Finish();
            _clock.Done("write");
            return new PendingClip(path, writer, Placed);
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private RefineResult Placed(string place, IFrameWriter writer)
    {
        var summary = _summary with
        {
            Output = _summary.Output with { Path = place, Width = writer.Written.Width, Height = writer.Written.Height },
            Written = [.. _summary.Written, place],
            Warnings = [.. _summary.Warnings, .. writer.Notices],
        };
        return new RefineResult(Before, After, summary, _clock);
    }
}
