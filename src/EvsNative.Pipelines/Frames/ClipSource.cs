using EvsNative.Layers;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// A clip that was looked at once and can be read any number of times. Disposing it takes away what was kept for that: the file that holds
/// the standard input.
/// </summary>
public sealed class ClipSource : IDisposable
{
    private readonly Func<CancellationToken, IFrameReader> _open;
    private readonly IDisposable? _kept;

    private ClipSource(Func<CancellationToken, IFrameReader> open, IDisposable? kept = null) => (_open, _kept) = (open, kept);

    /// <summary>Looks at a clip: at its headers, and, where it is a video, at each of its frames.</summary>
    /// <param name="path">a folder of frames, a pattern of their names such as <c>f%04d.png</c>, a video, or "-" for the standard
    /// input</param>
    /// <param name="choice">which frames are wanted; all if absent</param>
    /// <param name="cancellation">stops looking</param>
    /// <exception cref="InputException">it is no clip, or damaged; one line says why</exception>
    public static ClipSource Look(string path, ClipChoice? choice = null, CancellationToken cancellation = default)
    {
        choice ??= ClipChoice.All;
        if (path == StandardInput.Word)
        {
            var input = StandardInput.Take(Console.OpenStandardInput(), cancellation);
            try
            {
                return new ClipSource(OfFile(input.Path, StandardInput.Name, choice, cancellation), input);
            }
            catch
            {
                input.Dispose();
                throw;
            }
        }

        if (FramePattern.Of(path) is { } pattern) return OfFrames(pattern.Choose(), path, choice, cancellation);
        if (Directory.Exists(path)) return OfFrames(FrameNames.In(path), path, choice, cancellation);
        return File.Exists(path) ? new ClipSource(OfFile(path, path, choice, cancellation)) : throw StorageFault.Missing(path);
    }

    /// <summary>A clip in memory.</summary>
    public static ClipSource Of(VideoFrames video) => new(_ => new VideoFramesReader(video));

    /// <summary>Starts reading from the beginning.</summary>
    /// <param name="cancellation">stops reading</param>
    public IFrameReader Open(CancellationToken cancellation = default) => _open(cancellation);

    /// <inheritdoc/>
    public void Dispose() => _kept?.Dispose();

    private static ClipSource OfFrames(FrameNames names, string path, ClipChoice choice, CancellationToken cancellation)
    {
        var folder = new FrameFolder(names, path, choice, cancellation);
        return new ClipSource(stop => new FolderReader(folder, stop));
    }

    private static Func<CancellationToken, IFrameReader> OfFile(
        string path, string name, ClipChoice choice, CancellationToken cancellation)
    {
        if (SpecialFile.Is(path))
        {
            throw new InputException(
                InputCode.WrongKind,
                $"{path} is a pipe, a device or a socket, which cannot be read twice: lead it into the standard input ('< {path}') and "
                + "give - as the clip");
        }

        if (AnimatedWebP.Is(path))
        {
            var moving = new AnimatedWebP(path, name, choice, cancellation);
            return stop => AtRate(new AnimatedWebPReader(moving, stop), moving.Stamps, moving.Ending, choice.Rate, stop);
        }

        var video = new VideoClip(path, name, choice, cancellation);
        return stop => AtRate(new VideoReader(video, stop), video.Stamps, video.Ending, choice.Rate, stop);
    }

    private static IFrameReader AtRate(
        IFrameReader reader, IReadOnlyList<TimeSpan> stamps, TimeSpan ending, Rational? rate, CancellationToken stop) =>
        rate is { } wanted ? new RateReader(reader, stamps, ending, wanted, stop) : reader;
}
