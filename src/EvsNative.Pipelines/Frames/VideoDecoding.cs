namespace EvsNative.Pipelines.Frames;

/// <summary>How ffmpeg is asked for the frames of a clip.</summary>
internal static class VideoDecoding
{
    /// <summary>The arguments up to the choice of the stream: one ordinary file, one stream, nothing else of it.</summary>
    /// <param name="video">what ffprobe says of the file</param>
    /// <param name="path">the file</param>
    /// <param name="level">how much ffmpeg is to say</param>
    public static string[] Input(ProbedVideo video, string path, string level) =>
    [
        "-hide_banner", "-nostats", "-nostdin", "-loglevel", level, .. ClipFormats.Guard,
        .. video.Decoder is { } decoder ? new[] { "-c:v", decoder } : [],
        "-i", FfmpegProcess.FileUrl(path), "-map", $"0:{video.Stream}", "-an", "-sn", "-dn",
    ];

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
