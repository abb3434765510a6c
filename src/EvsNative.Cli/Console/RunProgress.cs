using System.Diagnostics;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Runs;
using Spectre.Console;

namespace EvsNative.Cli;

/// <summary>Seconds of one phase of a run; the stage's place in the plan, where it is one.</summary>
internal sealed record PhaseTime(string Name, int? Stage, RunPhase? Phase, double Seconds);

/// <summary>
/// A bar on the error stream: what is being done, how much of the work (in FLOPs, not in steps: they differ a hundredfold), time left. It also holds the stopwatch of
/// the phases. Where nobody watches it prints nothing.
/// </summary>
internal sealed class RunProgress : IProgress<RunEvent>
{
    private readonly Forecast _forecast;
    private readonly Stopwatch _clock = new();
    private readonly List<PhaseTime> _phases = [];
    private ProgressTask? _task;
    private int _events;
    private double _phaseStart;

    private RunProgress(Forecast forecast) => _forecast = forecast;

    /// <summary>Phases so far, in order.</summary>
    public IReadOnlyList<PhaseTime> Phases => _phases;

    /// <summary>Runs the work with a bar, if there is somebody to see it.</summary>
    /// <param name="forecast">what the work weighs</param>
    /// <param name="isQuiet">no bar at all</param>
    /// <param name="load">the model's loading; told what to report to</param>
    /// <param name="run">the run</param>
    public static RunProgress Watch(Forecast forecast, bool isQuiet, Action<Action<string, double>> load, Action<RunProgress> run)
    {
        var progress = new RunProgress(forecast);
        if (isQuiet || Console.IsErrorRedirected)
        {
            progress.Work(null, load, run);
            return progress;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => progress.Work(context, load, run));
        return progress;
    }

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        _events++;
        double now = _clock.Elapsed.TotalSeconds, spent = now - _phaseStart;
        _phaseStart = now;
        if (_phases.Count > 0 && (_phases[^1].Phase, _phases[^1].Stage) == (value.Phase, value.Stage))
            _phases[^1] = _phases[^1] with { Seconds = _phases[^1].Seconds + spent };
        else _phases.Add(new PhaseTime(value.Name, value.Stage, value.Phase, spent));
        if (_task is null) return;
        _task.Description = Markup.Escape($"{value.Name}: {value.Detail}");
        _task.Value = _forecast.ShareAt(_events);
    }

    private void Work(ProgressContext? context, Action<Action<string, double>> load, Action<RunProgress> run)
    {
        _clock.Start();
        var loading = context?.AddTask("loading the model", maxValue: 1);
        load((part, share) =>
        {
            if (loading is null) return;
            loading.Description = Markup.Escape($"loading the {part}");
            loading.Value = share;
        });
        loading?.StopTask();
        _phases.Add(new PhaseTime("load", null, null, _clock.Elapsed.TotalSeconds));
        _phaseStart = _clock.Elapsed.TotalSeconds;
        _task = context?.AddTask("encode", maxValue: 1);
        run(this);
        _task?.StopTask();
    }
}
