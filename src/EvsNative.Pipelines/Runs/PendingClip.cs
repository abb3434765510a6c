using EvsNative.Pipelines.Frames;

namespace EvsNative.Pipelines.Runs;

/// <summary>A refined clip that is written, whole, under a temporary name. It goes with it if it is not placed.</summary>
public sealed class PendingClip : IDisposable
{
    private readonly IFrameWriter _writer;
    private readonly Func<string, IFrameWriter, RefineResult> _placed;

    internal PendingClip(string path, IFrameWriter writer, Func<string, IFrameWriter, RefineResult> placed) =>
        (_writer, _placed, AsAsked) = (writer, placed, placed(path, writer));

    /// <summary>The result as it will be if the clip gets the place that was asked for.</summary>
    public RefineResult AsAsked { get; }

    /// <summary>Puts the clip in its place, or beside it if somebody has taken that meanwhile.</summary>
    /// <returns>the result with the place and with what had to be said</returns>
    /// <exception cref="Layers.InputException">the disk failed</exception>
    /// <exception cref="OperationCanceledException">it was stopped; nothing is left</exception>
    public RefineResult Place() => _placed(_writer.Complete(), _writer);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
