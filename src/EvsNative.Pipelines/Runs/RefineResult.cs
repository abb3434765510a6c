using System.Diagnostics;
using EvsNative.Layers;
using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>A refined clip with what is known about its making.</summary>
public sealed class RefineResult
{
    private readonly RunClock _clock;
    private readonly RunSummary _summary;
    private readonly NoticeLog _notices;

    internal RefineResult(VideoFrames before, VideoFrames after, RunSummary summary, RunClock clock, NoticeLog notices) =>
        (Before, After, _summary, _clock, _notices) = (before, after, summary, clock, notices);

    /// <summary>The clip that was given, at the size of the result.</summary>
    public VideoFrames Before { get; }

    /// <summary>The result.</summary>
    public VideoFrames After { get; }

    /// <summary>Device, settings, seconds, memory, measures, and what was written so far.</summary>
    public RunSummary Summary => _summary with
    {
        Warnings = _notices.All,
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
        VideoFormat written;
        using (var writer = FrameFiles.Create(path, After.Format, force, cancellation))
        {
            for (int i = 0; i < After.Count; i++)
            {
                writer.Write(After.Frame(i), After.StampOf(i));
                _clock.Tell(RunPart.Write, path, (i + 1.0) / After.Count);
            }

            writer.Complete();
            written = writer.Written;
        }

        if ((written.Width, written.Height) != (After.Width, After.Height))
        {
            _notices.Add(new Notice(
                NoticeCode.Changed,
                $"{path}: {After.Width}x{After.Height} is written as {written.Width}x{written.Height}, as such a video needs even sizes: "
                + "its last column or row is there twice"));
        }

        _clock.Done("write");
        var output = VideoInfo.Of(After, path) with { Width = written.Width, Height = written.Height };
        return new RefineResult(
            Before, After, _summary with { Output = output, Written = [.. _summary.Written, path] }, _clock, _notices);
    }
}
