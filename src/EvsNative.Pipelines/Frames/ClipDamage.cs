namespace EvsNative.Pipelines.Frames;

/// <summary>Whether a video is cut off or damaged, by what ffmpeg complained of and by what the file promises.</summary>
/// <param name="survey">the pass over its frames</param>
/// <param name="video">what ffprobe says of the file</param>
internal sealed class ClipDamage(ClipSurvey survey, ProbedVideo video)
{
    /// <summary>What is wrong, with the frame; null where nothing is.</summary>
    public string? Words
    {
        get
        {
            string? missing = survey.IsStopped ? null : Missing();
            string near = survey.FirstComplaint is { } frame ? $" near frame {Math.Min(frame, survey.Frames.Count - 1)}" : "";
            string more = survey.Complaints > 1 ? $" and {survey.Complaints - 1} more" : "";
            bool isHeard = survey.Complaints > 0 || survey.HasFailed;
            string said = $"ffmpeg complains{near} ({FfmpegComplaint.QuoteFirst(survey.Said)}{more})";
            if (missing is not null) return $"only {missing} could be read, it is cut off or damaged{(isHeard ? $"; {said}" : "")}";
            return isHeard ? $"{said}: it is damaged, frames may be wrong or missing" : null;
        }
    }

    private string? Missing()
    {
        var stamps = survey.Stamps;
        double last = stamps.Length > 1 ? (stamps[^1] - stamps[^2]).TotalSeconds : 1 / video.Format.Rate.Value;
        // Frames that were skipped are not counted.
        var promised = survey.Begin > TimeSpan.Zero ? video.Promised with { Count = 0 } : video.Promised;
        return promised.Missing(stamps.Length, stamps[^1].TotalSeconds + last);
    }
}
