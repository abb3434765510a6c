using System.Text;
using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Writes 0000.png, 0001.png and so on, or such JPEG files, into a new folder, which appears when all of them are there. As many are
/// encoded at a time as there are processors. PNG keeps opacity; a folder holds no times, no sound and no tags, and lines say so.
/// </summary>
internal sealed class FrameFolderWriter : OutputWriter
{
    private readonly OutputTarget _target;
    private readonly PendingFolder _pending;
    private readonly Queue<Task> _running = [];
    private readonly List<Notice> _notices = [];
    private int _next;
    private bool _wasComposed;

    /// <summary>Starts a folder.</summary>
    /// <param name="target">The folder. One that stands there must be empty, or hold frames alone and be given up by
    /// <paramref name="force"/>.</param>
    /// <param name="format">the frames' size</param>
    /// <param name="force">replace the frames of an existing folder</param>
    /// <param name="wasAsked">whether the place could be had was asked before the work</param>
    /// <param name="cancellation">checked before each frame and at the end</param>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public FrameFolderWriter(OutputTarget target, VideoFormat format, bool force, bool wasAsked, CancellationToken cancellation)
        : base(format, cancellation)
    {
        _target = target;
        _pending = new PendingFolder(target.Place, force, PngFolder.Content, wasAsked);
        TellLost();
    }

    /// <inheritdoc/>
    public override string Temporary => _pending.Temporary;

    /// <inheritdoc/>
    public override IReadOnlyList<Notice> Notices => [.. _pending.Notices, .. _notices];

    /// <inheritdoc/>
    public override void Dispose()
    {
        // A file that is still being written would keep its folder.
        Task.WhenAll(_running).ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        _pending.Dispose();
    }

    /// <inheritdoc/>
    protected override void Put(ReadOnlySpan<byte> rgb, ReadOnlySpan<byte> alpha, long time)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (_running.Count == Environment.ProcessorCount) Wait(_running.Dequeue());
        bool isPng = _target.Frames == FramesFormat.Png, isOpaque = alpha.IsEmpty || !alpha.ContainsAnyExcept(Opacity.Full);
        byte[] pixels = isPng && Format.HasAlpha ? new byte[Format.Width * Format.Height * Opacity.Channels] : rgb.ToArray();
        if (isPng && Format.HasAlpha) Opacity.Join(rgb, alpha, pixels);
        else if (!isOpaque) Opacity.OnBlack(rgb, alpha, pixels);
        _wasComposed |= !isPng && !isOpaque;
        string file = Path.Combine(_pending.Temporary, OutputPattern.NameOf(_target.FrameName, _next++));
        _running.Enqueue(Task.Run(() => File.WriteAllBytes(file, Encoded(pixels)), CancellationToken.None));
    }

    /// <inheritdoc/>
    protected override void End()
    {
        while (_running.TryDequeue(out var task)) Wait(task);
        Cancellation.ThrowIfCancellationRequested();
        if (!Clock.IsEven)
        {
            Tell(
                NoticeCode.Changed,
                $"its frames are shown at uneven times, which a folder has no place for: {Format.Rate.ToDecimal()} a second on average");
        }

        if (_target.Frames == FramesFormat.Jpeg && !Fits(_target.Style.Recipe))
            Tell(NoticeCode.Dropped, "its recipe is left out: it is too long for a comment; --json and the report have it");
        if (_wasComposed) Tell(NoticeCode.Dropped, "transparency is left out, on black: PNG frames keep it");
        _pending.Finish();
    }

    /// <inheritdoc/>
    protected override string Commit() => _pending.Commit();

    /// <summary>Each frame carries the recipe: they are taken out of their folder one by one.</summary>
    private byte[] Encoded(byte[] pixels)
    {
        string? recipe = _target.Style.Recipe;
        if (_target.Frames == FramesFormat.Png)
        {
            byte[] png = StillImage.Png(pixels, Format.Width, Format.Height, Format.HasAlpha);
            return recipe is null ? png : PngText.With(png, RecipeText.Keyword, recipe);
        }

        int quality = QualityScale.Of(QualityScale.Jpeg, _target.Style.Quality ?? OutputStyle.UsualQuality);
        byte[] jpeg = StillImage.Jpeg(pixels, Format.Width, Format.Height, quality);
        return recipe is null || !Fits(recipe) ? jpeg : JpegText.With(jpeg, recipe);
    }

    private static bool Fits(string? recipe) => recipe is null || Encoding.UTF8.GetByteCount(recipe) <= JpegText.MostBytes;

    private void TellLost()
    {
        if (Format.PixelAspect != Rational.One)
            Tell(NoticeCode.Dropped, $"a pixel is {Format.PixelAspect} as wide as high, which a folder of frames has no place for");
        if (_target.Style.Origin is not { } origin || FfmpegTools.TryFind() is not { } tools) return;
        if (OriginFile.Probe(tools, origin, Cancellation) is { } file)
            _notices.AddRange(new CarriedStreams(file, container: null, tools).Notices(_target.Place));
    }

    private void Tell(NoticeCode code, string what) => _notices.Add(new Notice(code, $"{_target.Place}: {what}"));

    private void Wait(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _target.Place);
        }
    }
}
