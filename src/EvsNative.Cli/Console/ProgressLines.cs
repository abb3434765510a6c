using System.Diagnostics;
using System.Text.Json;
using EvsNative.Pipelines.Runs;

namespace EvsNative.Cli;

/// <summary>
/// Progress for programs: a JSON object in a line on the error stream, at most two a second, and one whenever another part begins. The
/// fields are documented in docs/progress.md.
/// </summary>
internal sealed class ProgressLines : IProgress<RunStatus>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan? _last;
    private RunPart? _part;

    /// <inheritdoc/>
    public void Report(RunStatus value)
    {
        var now = _clock.Elapsed;
        if (_part == value.Part && value.Share < 1 && now - _last < Pause) return;
        (_last, _part) = (now, value.Part);
        Screen.Error.WriteLine(JsonSerializer.Serialize(new
        {
            seconds = Math.Round(now.TotalSeconds, 2),
            part = $"{value.Part}".ToLowerInvariant(),
            what = value.What,
            share = Math.Round(value.Share, 4),
            secondsLeft = value.SecondsLeft is { } left ? Math.Round(left, 1) : (double?)null,
            memoryBytes = Environment.WorkingSet,
        }));
    }
}
