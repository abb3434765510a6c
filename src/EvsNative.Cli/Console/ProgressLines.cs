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
    /// <summary>Of the fields: it rises if one of them changes its meaning or goes.</summary>
    private const int Version = 1;

    private const int Digits = 4;

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
            version = Version,
            seconds = Math.Round(now.TotalSeconds, 2),
            part = $"{value.Part}".ToLowerInvariant(),
            what = value.What,
            share = Math.Round(value.Share, 4),
            secondsLeft = value.SecondsLeft is { } left ? Math.Round(left, 1) : (double?)null,
            stage = value.Stage,
            step = value.Step,
            firstFrame = value.Frames?.First,
            lastFrame = value.Frames is { } frames ? frames.First + frames.Count - 1 : (int?)null,
            framesPerSecond = Rounded(value.FramesPerSecond),
            secondsPerStep = Rounded(value.SecondsPerStep),
            memoryBytes = value.MemoryBytes,
            deviceBytes = value.DeviceBytes,
        }));
    }
    /// <summary>To four digits that say something.</summary>
    private static double? Rounded(double? value) => value is not ({ } number and > 0) ? value
        : Math.Round(number, Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(number)), 0, 15));
}
