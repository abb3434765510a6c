using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>
/// Writes 0000.png, 0001.png and so on into a new folder, which appears when all of them are there. As many are encoded at a time as there
/// are processors.
/// </summary>
internal sealed class PngFolderWriter : IFrameWriter
{
    private readonly string _path;
    private readonly PendingFolder _pending;
    private readonly CancellationToken _cancellation;
    private readonly Queue<Task> _running = [];
    private readonly StampOrder _order = new();
    private int _next;
    private bool _isFinished;

    /// <summary>Starts a folder.</summary>
    /// <param name="path">The folder. One that stands there must be empty, or hold PNG files alone and be given up by
    /// <paramref name="force"/>.</param>
    /// <param name="format">the frames' size</param>
    /// <param name="force">replace the PNG files of an existing folder</param>
    /// <param name="wasAsked">whether the place could be had was asked before the work</param>
    /// <param name="cancellation">checked before each frame and at the end</param>
    /// <exception cref="InputException">the place is taken, or cannot be written</exception>
    public PngFolderWriter(string path, VideoFormat format, bool force, bool wasAsked, CancellationToken cancellation)
    {
        (_path, Format, _cancellation) = (path, format, cancellation);
        _pending = new PendingFolder(path, force, PngFolder.Content, wasAsked);
    }

    /// <inheritdoc/>
    public VideoFormat Format { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Notice> Notices => _pending.Notices;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> rgb, TimeSpan stamp)
    {
        _order.Check(rgb.Length, Format, stamp);
        _cancellation.ThrowIfCancellationRequested();
        if (_running.Count == Environment.ProcessorCount) Wait(_running.Dequeue());
        byte[] pixels = rgb.ToArray();
        string file = Path.Combine(_pending.Temporary, $"{_next++:0000}.png");
        _running.Enqueue(
            Task.Run(() => File.WriteAllBytes(file, StillImage.Png(pixels, Format.Width, Format.Height)), CancellationToken.None));
    }

    /// <inheritdoc/>
    public void Finish()
    {
        if (_isFinished) return;
        while (_running.TryDequeue(out var task)) Wait(task);
        _cancellation.ThrowIfCancellationRequested();
        _pending.Finish();
        _isFinished = true;
    }

    /// <inheritdoc/>
    public string Complete()
    {
        Finish();
        _cancellation.ThrowIfCancellationRequested();
        return _pending.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A file that is still being written would keep its folder.
        Task.WhenAll(_running).ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        _pending.Dispose();
    }

    private void Wait(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception e) when (StorageFault.Is(e))
        {
            throw StorageFault.Writing(e, _path);
        }
    }
}
