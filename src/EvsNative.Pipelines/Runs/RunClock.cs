using System.Diagnostics;
using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Runs;

/// <summary>The stopwatch of a run: the seconds of its stages, and where it stands for those who watch.</summary>
internal sealed class RunClock(IProgress<RunStatus>? watcher) : IProgress<RunEvent>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<StageSummary> _stages = [];
    private (RunPhase, int?)? _phase;
    private double _begun;
    private int _events;

    /// <summary>Stages so far, in order.</summary>
    public IReadOnlyList<StageSummary> Stages => _stages;

    /// <summary>Since the run began.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>What the work weighs; without it its share is unknown.</summary>
    public Forecast? Forecast { get; set; }

    /// <summary>A stage that is not the networks' has ended.</summary>
    public void Done(string stage)
    {
        _phase = null;
        _stages.Add(new StageSummary(stage, 0, Lap()));
    }

    /// <summary>A stage begins after a rest that is nobody's.</summary>
    public void Begin() => Lap();

    /// <summary>Tells where a part other than the networks' work stands.</summary>
    public void Tell(RunPart part, string what, double share) => watcher?.Report(new RunStatus(part, what, Math.Clamp(share, 0, 1)));

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        _events++;
        double spent = Lap();
        if (_phase == (value.Phase, value.Stage)) _stages[^1] = _stages[^1] with { Seconds = _stages[^1].Seconds + spent };
        else _stages.Add(new StageSummary(value.Name, value.Step is { Stage: var stage } ? stage.Steps + stage.Climb : 0, spent));
        _phase = (value.Phase, value.Stage);
        Tell(RunPart.Refine, $"{value.Name}: {value.Detail}", Forecast?.ShareAt(_events) ?? 0);
    }

    private double Lap()
    {
        double now = Seconds, spent = now - _begun;
        _begun = now;
        return spent;
    }
}
