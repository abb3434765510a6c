using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Work;

namespace EvsNative.Pipelines.Runs;

/// <summary>A refined clip that is written, whole, under a temporary name. It goes with it if it is not placed.</summary>
internal sealed class PendingClip : IDisposable
{
    private readonly IFrameWriter _writer;
    private readonly Func<RunSummary> _made;
    private readonly FolderWorkStore? _store;
    private readonly bool _keepsWork;
    private bool _isPlaced;

    /// <summary>Of a writer that has finished.</summary>
    /// <param name="writer">it; owned</param>
    /// <param name="made">what is known of the run as it stands</param>
    /// <param name="store">what the run kept, which goes when the clip has its place; owned; null where nothing was kept</param>
    /// <param name="keepsWork">whether it stays all the same</param>
    public PendingClip(IFrameWriter writer, Func<RunSummary> made, FolderWorkStore? store = null, bool keepsWork = false) =>
        (_writer, _made, _store, _keepsWork) = (writer, made, store, keepsWork);

    /// <summary>True if another process of a shared run writes the result.</summary>
    public bool IsElsewhere => _writer is NoWriter;

    /// <summary>Device, settings, seconds, memory, measures: of a clip that has no place yet.</summary>
    public RunSummary Made => _made();

    /// <summary>Where the clip can be read meanwhile; null where it is nowhere.</summary>
    public string? Temporary => (_writer as OutputWriter)?.Temporary;

    /// <summary>The summary as it will be if the clip gets the place that was asked for.</summary>
    public RunSummary At(string place)
    {
        var made = Made;
        return made with
        {
            Output = made.Output with { Path = place, Width = _writer.Written.Width, Height = _writer.Written.Height },
            Written = [.. made.Written, place],
            Warnings = [.. made.Warnings, .. _writer.Notices],
        };
    }

    /// <summary>Puts the clip in its place, or beside it if somebody has taken that meanwhile.</summary>
    /// <returns>the summary with the place and with what had to be said</returns>
    /// <exception cref="Layers.InputException">the disk failed</exception>
    /// <exception cref="OperationCanceledException">it was stopped; nothing is left</exception>
    public RunSummary Place()
    {
        if (!IsElsewhere) _store?.Announce(_keepsWork);
        var placed = At(_writer.Complete());
        _isPlaced = true;
        _store?.Finish(_keepsWork);
        return placed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        if (!_isPlaced) _store?.Stop();
    }
}
