namespace EvsNative.Pipelines.Frames;

/// <summary>How ffmpeg is asked for the frames of a clip.</summary>
internal static class VideoDecoding
{
    /// <summary>The arguments up to the choice of the stream: one ordinary file, one stream, nothing else of it.</summary>
    /// <param name="video">what ffprobe says of the file</param>
    /// <param name="path">the file</param>
    /// <param name="begin">where to begin: frames come from the last place before it from which can be decoded</param>
    /// <param name="level">how much ffmpeg is to say</param>
    public static string[] Input(ProbedVideo video, string path, TimeSpan begin, string level) =>
    [
        "-hide_banner", "-nostats", "-nostdin", "-loglevel", level, .. ClipFormats.Guard,
        .. video.Decoder is { } decoder ? new[] { "-c:v", decoder } : [],
        .. begin > TimeSpan.Zero ? new[] { "-noaccurate_seek", "-ss", $"{(long)begin.TotalSeconds}" } : [],
        "-i", FfmpegProcess.FileUrl(path), "-map", $"0:{video.Stream}", "-an", "-sn", "-dn",
    ];

    /// <summary>
    /// Where decoding begins for a part: some time before it, since files do not always lead to the place that they are asked for; zero
    /// where the way from the beginning is short, or frames are counted.
    /// </summary>
    public static TimeSpan Begin(ProbedVideo video, ClipChoice choice)
    {
        const int far = 60, margin = 30;
        bool canSkip = !video.IsTimeless && choice is { Start: { Frame: null, Time.TotalSeconds: > far }, End: null or { Frame: null } };
        return canSkip ? TimeSpan.FromSeconds(Math.Floor(choice.Start!.Value.Time.TotalSeconds) - margin) : TimeSpan.Zero;
    }

    /// <summary>
    /// The filters between the decoder and raw pixels: fields become frames, the wanted ones are taken, colours become RGB. A clip that
    /// needs none of this goes through the last one alone.
    /// </summary>
    /// <param name="video">what ffprobe says of the file</param>
    /// <param name="survey">what the first pass told</param>
    /// <param name="part">the frames that are wanted</param>
    public static string Filters(ProbedVideo video, ClipSurvey survey, ClipPart part)
    {
        var filters = new List<string>();
        if (survey.Interlaced > 0)
        {
            filters.Add("bwdif=mode=send_frame:deint=interlaced");
        }
        else if (video.Fields is { } first)
        {
            // The stream says so and its frames do not.
            filters.Add($"setfield={first}");
            filters.Add("bwdif=mode=send_frame:deint=all");
        }

        if (part.First > 0 || survey.IsStopped) filters.Add($"trim=start_frame={part.First}:end_frame={part.End}");
        string matrix = video.Matrix is null ? "" : $":in_color_matrix={video.Matrix}";
        filters.Add($"scale={FfmpegTools.Scaling}{matrix}");
        return string.Join(',', filters);
    }
}
