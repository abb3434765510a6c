using EvsNative.Layers;
using EvsNative.Pipelines.Storage;
using FFMpegCore;
using FFMpegCore.Arguments;

namespace EvsNative.Pipelines.Frames;

/// <summary>Clips as video files, through ffmpeg's pipes as raw frames. Sound is not read and not written.</summary>
public static class VideoFile
{
    private const string Swscale = "flags=bicubic+accurate_rnd+full_chroma_int";
    private const int Quality = 16;

    /// <summary>
    /// Decodes any file that ffmpeg reads: every frame once, turned upright, as 8-bit RGB. A clip of changing rate gets the even rate that its
    /// file states on average.
    /// </summary>
    /// <param name="path">a local file; ffmpeg may open no other protocol, whatever the file refers to</param>
    /// <param name="maxFrames">decoding stops there</param>
    /// <param name="cancellation">kills ffmpeg</param>
    /// <exception cref="InputException">no such file, not a video, no frames, no ffmpeg; ffmpeg's own words are quoted</exception>
    public static Clip Read(string path, int maxFrames = int.MaxValue, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxFrames, 1);
        ProveReadable(path);
        var tools = FfmpegTools.Find();
        var facts = VideoFacts.Probe(tools, path, cancellation);
        long frameBytes = (long)facts.Width * facts.Height * Clip.Channels;
        if (frameBytes > Array.MaxLength) throw TooLarge(path, facts);
        var buffer = new FrameBuffer(frameBytes * Math.Max(facts.Frames, 1), frameBytes * maxFrames);
        string matrix = facts.Matrix is null ? "" : $":in_color_matrix={facts.Matrix}";
        var result = FFMpegArguments
            .FromInput(new QuotedArguments("-protocol_whitelist", "file", "-i", QuotedArguments.FileUrl(path)))
            .OutputTo(new OutputPipeArgument(buffer), output => output.WithArgument(new QuotedArguments(
            [
                "-nostdin", "-v", "error", "-map", $"0:{facts.Stream}", "-an", "-sn", "-dn", .. tools.EveryFrameOnce, "-frames:v", $"{maxFrames}",
                "-vf", $"scale={Swscale}{matrix}", "-f", "rawvideo", "-pix_fmt", "rgb24",
            ])))
            .Run(tools, cancellation);
        if (buffer.Overflowed) throw TooLarge(path, facts);
        if (!result.Success)
            throw new InputException($"ffmpeg could not decode {path}: {FfmpegComplaint.Quote(result.StandardError)}. Play it to see whether the file is whole.");
        if (buffer.Length == 0)
            throw new InputException($"{path} has no frames: {FfmpegComplaint.Quote(result.StandardError)}. Play it to see whether the file is whole.");
        if (buffer.Length % frameBytes != 0)
            throw new InputException($"{path} changes its picture size on the way, or was cut off by ffmpeg. Convert it with ffmpeg first.");
        return new Clip(buffer.Take(), (int)(buffer.Length / frameBytes), facts.Height, facts.Width, facts.Rate, path, facts.PixelAspect);
    }

    /// <summary>
    /// Encodes H.264, 4:2:0, in an mp4 that starts playing before it is loaded, of high quality, in BT.709 colours and labelled so, at the
    /// clip's exact rate. 4:2:0 needs even sizes: an odd one gets one more column or row that repeats the edge.
    /// </summary>
    /// <param name="path">the file; it appears when it is whole</param>
    /// <param name="clip">the frames</param>
    /// <param name="force">replace an existing file</param>
    /// <param name="cancellation">kills ffmpeg; nothing is left behind</param>
    /// <exception cref="InputException">the place is taken or cannot be written, no ffmpeg, a full disk; ffmpeg's own words are quoted</exception>
    public static void Write(string path, Clip clip, bool force = false, CancellationToken cancellation = default)
    {
        var tools = FfmpegTools.Find();
        using var pending = new PendingFile(path, force);
        var even = FramePadding.ToMultiple(clip, 2);
        var result = FFMpegArguments
            .FromPipeInput(new FrameSource(even))
            .OutputTo(new QuotedArguments("-f", "mp4", "-y", QuotedArguments.FileUrl(pending.Temporary)), output => output.WithArgument(new QuotedArguments(
            [
                "-nostdin", "-v", "error", "-an", "-vf", EncodingFilter(clip.PixelAspect), "-c:v", "libx264", "-preset", "medium", "-crf", $"{Quality}",
                "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
                "-movflags", "+faststart",
            ])))
            .Run(tools, cancellation);
        if (FfmpegComplaint.DiskFull(result.StandardError)) throw StorageFault.DiskFull(path);
        if (!result.Success)
            throw new InputException($"ffmpeg could not write {path}: {FfmpegComplaint.Quote(result.StandardError)}. Give a folder name to write PNG frames instead.");
        ProveWhole(tools, pending.Temporary, path, clip, cancellation);
        pending.Commit();
    }

    private static string EncodingFilter(Rational pixelAspect) =>
        $"scale={Swscale}:out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar={pixelAspect},"
        + "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709";

    private static FFMpegResult Run(this FFMpegArgumentProcessor processor, FfmpegTools tools, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // No grace: ffmpeg is not asked to finish its file but killed, since the file is thrown away.
        processor.CancellableThrough(cancellation, TimeSpan.Zero);
        var result = processor.ProcessSynchronously(throwOnError: false, tools.Options, CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return result;
    }

    private static void ProveReadable(string path)
    {
        if (Directory.Exists(path)) throw new InputException($"{path} is a folder, not a video file.");
        try
        {
            using var file = File.OpenRead(path);
            if (file.CanSeek && file.Length == 0)
                throw new InputException($"{path} is an empty file, not a video. Give a video file or a folder of PNG frames.");
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Reading(e, path);
        }
    }

    /// <summary>ffmpeg has been seen to report success for a file that it could not finish.</summary>
    private static void ProveWhole(FfmpegTools tools, string file, string path, Clip clip, CancellationToken cancellation)
    {
        int written = 0;
        try
        {
            written = VideoFacts.Probe(tools, file, cancellation).Frames;
        }
        catch (InputException)
        {
            // Not even a video: told below with the name that the user knows.
        }

        if (written != clip.Frames)
            throw new InputException($"ffmpeg wrote {written} of {clip.Frames} frames to {path}. Try again, or give a folder name to write PNG frames.");
    }

    private static InputException TooLarge(string path, VideoFacts facts) =>
        new($"{path} ({facts.Width}x{facts.Height}) needs more than 2 GB of frames. Cut it into shorter clips.");
}
