using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>Videos on disk, whatever they are: a folder is frames, anything else a video file.</summary>
public static class FrameFiles
{
    /// <summary>Frames a second of a folder where nothing says otherwise; a folder carries no rate.</summary>
    public static Rational DefaultRate { get; } = new(8, 1);

    /// <summary>
    /// Opens a folder of frames, a pattern of their names, any video that ffmpeg reads, or "-", the standard input, which is kept in a
    /// temporary file as long as the process lives. Who reads a clip several times takes a <see cref="ClipSource"/>.
    /// </summary>
    /// <param name="path">what to read</param>
    /// <param name="choice">which frames, at what rate; all, as they are, if absent</param>
    /// <param name="cancellation">stops reading</param>
    /// <exception cref="InputException">it cannot be read; one line says why</exception>
    public static IFrameReader Open(string path, ClipChoice? choice = null, CancellationToken cancellation = default) =>
        ClipSource.Look(path, choice, cancellation).Open(cancellation);

    /// <summary>
    /// Starts a video, or a folder of frames. It appears when it is whole; on any failure what was there stays. A video is written where
    /// the name ends as a video's that is written (.mp4, .mov, .mkv, .webm, .gif, .webp, .png), a folder where it ends with a slash, a
    /// pattern (<c>f%04d.png</c>), or nothing that videos and pictures end with.
    /// </summary>
    /// <param name="path">its place</param>
    /// <param name="format">the frames' size, rate and tags</param>
    /// <param name="force">replace a file, or a folder of nothing but frames, that is there</param>
    /// <param name="style">how it is written, and the file that sound and all else is taken from; as its name says if absent</param>
    /// <param name="cancellation">stops writing</param>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    public static IFrameWriter Create(
        string path, VideoFormat format, bool force = false, OutputStyle? style = null, CancellationToken cancellation = default) =>
        Create(path, format, force, wasAsked: false, style, cancellation);

    /// <summary>Reads all frames, or the first ones, into memory.</summary>
    /// <param name="path">what to read</param>
    /// <param name="maxFrames">Later frames are not read. To refuse longer videos, ask for one more than are allowed.</param>
    /// <param name="choice">which frames, at what rate; all, as they are, if absent</param>
    /// <param name="cancellation">stops reading</param>
    /// <exception cref="InputException">it cannot be read; one line says why</exception>
    public static VideoFrames Read(
        string path, int maxFrames = int.MaxValue, ClipChoice? choice = null, CancellationToken cancellation = default)
    {
        using var reader = Open(path, choice, cancellation);
        return VideoFrames.Read(reader, maxFrames);
    }

    /// <summary>
    /// Writes frames from memory, as <see cref="Create(string, VideoFormat, bool, OutputStyle, CancellationToken)"/> does.
    /// </summary>
    /// <returns>where they are: the place, or a free name beside it if it was taken meanwhile</returns>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    public static string Write(
        string path, VideoFrames video, bool force = false, OutputStyle? style = null, CancellationToken cancellation = default)
    {
        using var writer = Create(path, video.Format, force, style, cancellation);
        for (int i = 0; i < video.Count; i++) writer.Write(video.Frame(i), video.StampOf(i));
        return writer.Complete();
    }

    /// <summary>
    /// Whether <see cref="Create(string, VideoFormat, bool, OutputStyle, CancellationToken)"/> would be let to: to be asked before any
    /// work is done. For a video that includes an ffmpeg that encodes.
    /// </summary>
    /// <exception cref="InputException">the place is taken and <paramref name="force"/> is not set, or it cannot be written, or not in this
    /// style; one line says why</exception>
    public static void CheckWritable(string path, bool force, OutputStyle? style = null)
    {
        var target = OutputTarget.Of(path, style);
        if (target.Container is null)
        {
            PendingFolder.CheckWritable(target.Place, force, PngFolder.Content);
            return;
        }

        PendingFile.CheckWritable(target.Place, force);
        EncoderChoice.Of(target, format: null, FfmpegTools.Find());
    }

    /// <summary>Whether a clip can be encoded so, once its size is known: for a video, two frames are.</summary>
    /// <exception cref="InputException">it cannot; one line says why</exception>
    public static void CheckEncoder(string path, VideoFormat format, OutputStyle? style = null, CancellationToken cancellation = default)
    {
        var target = OutputTarget.Of(path, style);
        if (target.Container is not null) VideoWriter.Rehearse(target, format, cancellation);
    }

    /// <summary>The same for a run that asked before its work: a place that was taken since then is no reason to stop now.</summary>
    internal static IFrameWriter Create(
        string path, VideoFormat format, bool force, bool wasAsked, OutputStyle? style, CancellationToken cancellation)
    {
        var target = OutputTarget.Of(path, style);
        return target.Container is null
            ? new FrameFolderWriter(target, format, force, wasAsked, cancellation)
            : new VideoWriter(target, format, force, wasAsked, cancellation);
    }
}
