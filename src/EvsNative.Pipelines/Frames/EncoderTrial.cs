namespace EvsNative.Pipelines.Frames;

/// <summary>Finds out whether ffmpeg can do what it will be told, before hours of work depend on it: it writes two black frames.</summary>
internal static class EncoderTrial
{
    private const int Frames = 2;

    /// <summary>Does it.</summary>
    /// <param name="command">what ffmpeg will be told</param>
    /// <param name="file">where to write; what is there is replaced</param>
    /// <param name="cancellation">kills ffmpeg</param>
    /// <returns>what ffmpeg said when it could not; null if it could</returns>
    public static string? Objection(EncodingCommand command, string file, CancellationToken cancellation)
    {
        using var ffmpeg = new FfmpegProcess(command.Tools, command.Arguments(file, isTrial: true), cancellation, EncoderTalk.IsTalk);
        var (format, hasAlpha) = (command.Format, command.Encoder.HasAlpha);
        try
        {
            var stream = new RawMatroska(ffmpeg.Input);
            stream.Begin(format.Width, format.Height, hasAlpha, format.Rate, command.Carried?.Chapters ?? []);
            byte[] black = new byte[format.Width * format.Height * (hasAlpha ? Opacity.Channels : VideoFormat.Channels)];
            for (int i = 0; i < Frames; i++) stream.Frame(black, format.StampOf(i).Ticks * TimeSpan.NanosecondsPerTick);
        }
        catch (IOException)
        {
            // It has ended; what it said is below.
        }

        bool isContent = ffmpeg.Finish();
        cancellation.ThrowIfCancellationRequested();
        // ffmpeg has been seen to be content with a file that it could not finish, and whose beginning nobody can read.
        bool isWhole = isContent
            && (command.Container.Muxer == "webp" || EncodedFile.Probe(command.Tools, file, cancellation)?.Frames == Frames);
        return isWhole ? null : FfmpegComplaint.QuoteFirst(ffmpeg.Said);
    }
}
