using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>Videos on disk, whatever they are: a folder is frames, anything else a video file. Written are folders and .mp4.</summary>
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
    /// Starts a folder of PNG frames, or an .mp4. It appears when it is whole; on any failure what was there stays. A video is written
    /// where the name ends with .mp4, a folder where it ends with a slash or with nothing that videos and pictures end with.
    /// </summary>
    /// <param name="path">its place</param>
    /// <param name="format">the frames' size, rate and tags</param>
    /// <param name="force">replace a file, or a folder of nothing but PNG frames, that is there</param>
    /// <param name="cancellation">stops writing</param>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    public static IFrameWriter Create(string path, VideoFormat format, bool force = false, CancellationToken cancellation = default) =>
        Create(path, format, force, wasAsked: false, cancellation);

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

    /// <summary>Writes frames from memory, as <see cref="Create(string, VideoFormat, bool, CancellationToken)"/> does.</summary>
    /// <returns>where they are: the place, or a free name beside it if it was taken meanwhile</returns>
    /// <exception cref="InputException">it cannot be written; one line says why</exception>
    public static string Write(string path, VideoFrames video, bool force = false, CancellationToken cancellation = default)
    {
        using var writer = Create(path, video.Format, force, cancellation);
        for (int i = 0; i < video.Count; i++) writer.Write(video.Frame(i), video.StampOf(i));
        return writer.Complete();
    }

    /// <summary>
    /// Whether <see cref="Create(string, VideoFormat, bool, CancellationToken)"/> would be let to: to be asked before any work is done. For
    /// an .mp4 that includes an ffmpeg that encodes.
    /// </summary>
    /// <exception cref="InputException">the place is taken and <paramref name="force"/> is not set, or it cannot be written; one line says
    /// why</exception>
    public static void CheckWritable(string path, bool force)
    {
        if (OutputNames.IsFolder(path))
        {
            PendingFolder.CheckWritable(path, force, PngFolder.Content);
            return;
        }

        PendingFile.CheckWritable(path, force);
        FfmpegTools.Find().RequireX264();
    }

    /// <summary>The same for a run that asked before its work: a place that was taken since then is no reason to stop now.</summary>
    internal static IFrameWriter Create(
        string path, VideoFormat format, bool force, bool wasAsked, CancellationToken cancellation) =>
        OutputNames.IsFolder(path)
        ? new PngFolderWriter(path, format, force, wasAsked, cancellation)
        : new VideoWriter(path, format, force, wasAsked, cancellation);
}
