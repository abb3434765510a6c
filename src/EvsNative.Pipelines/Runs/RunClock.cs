using System.Diagnostics;
using EvsNative.Kernels;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Memory;

namespace EvsNative.Pipelines.Runs;

/// <summary>The stopwatch of a run: the seconds of its stages, and where it stands for those who watch.</summary>
internal sealed class RunClock(IProgress<RunStatus>? watcher) : IProgress<RunEvent>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<StageSummary> _stages = [];
    private readonly GarbageLimit _garbage = new();
    private (RunPhase, int?)? _phase;
    private double _begun, _waited, _waitedInAll, _worked;
    private int _events;
    private double _paced, _framesDone;
    private TimeLeft? _left;

    /// <summary>Stages so far, in order.</summary>
    public IReadOnlyList<StageSummary> Stages => _stages;

    /// <summary>Since the run began.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>What the work weighs; without it its share is unknown.</summary>
    public Forecast? Forecast { get; set; }

    /// <summary>Frames of the clip; with them the rate is known.</summary>
    public int Frames { get; set; }

    /// <summary>What computes, whose memory is told.</summary>
    public Device? Device { get; set; }

    /// <summary>A stage that is not the networks' has ended.</summary>
    public void Done(string stage)
    {
        _phase = null;
        _stages.Add(new StageSummary(stage, 0, Lap()));
    }

    /// <summary>Does what the networks have to wait for, such as room for a finished frame: its time is the writing's.</summary>
    public T Waiting<T>(Func<T> work)
    {
        double begun = Seconds;
        try
        {
            return work();
        }
        finally
        {
            _waited += Seconds - begun;
        }
    }

    /// <summary>The result is written: what the networks waited for it counts to that stage.</summary>
    public void Written()
    {
        double spent = Lap();
        _phase = null;
        _stages.Add(new StageSummary("write", 0, spent + _waitedInAll));
    }

    /// <summary>Tells where a part other than the networks' work stands.</summary>
    public void Tell(RunPart part, string what, double share) => watcher?.Report(
        new RunStatus(part, what, Math.Clamp(share, 0, 1)) { DeviceBytes = DeviceBytes });

    private long? DeviceBytes => Device is { Caps: not null } gpu ? gpu.HeldBytes : null;


    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        _garbage.Hold();
        _events++;
        double spent = Lap();
        if (_phase == (value.Phase, value.Stage)) _stages[^1] = _stages[^1] with { Seconds = _stages[^1].Seconds + spent };
        else
        {
            _stages.Add(new StageSummary(value.Name, value.Planned is { } stage ? stage.Steps + stage.Climb : 0, spent));
            (_paced, _framesDone) = (0, 0);
        }

        _phase = (value.Phase, value.Stage);
        _worked += spent;
        _left ??= new TimeLeft(Forecast?.Events ?? []);
        _left.Done(value.IsFetched ? null : spent);
        if (!value.IsFetched) (_paced, _framesDone) = (_paced + spent, _framesDone + FramesOf(value));
        double share = _left.Share(_worked) ?? Forecast?.ShareAt(_events) ?? 0;
        if (watcher is null) return;
        double? rate = _framesDone > 0 && _paced > 0 ? _framesDone / _paced : null;
        watcher.Report(new RunStatus(RunPart.Refine, $"{value.Name}: {value.Detail}", Math.Clamp(share, 0, 1), _left.Seconds)
        {
            Stage = value.Phase == RunPhase.Prompt ? null : value.Name,
            Step = value.K,
            Frames = value.Frames,
            FramesPerSecond = rate,
            SecondsPerStep = value.Stage is null ? null : Frames / rate,
            DeviceBytes = DeviceBytes,
        });
    }

    /// <summary>Frames that a piece of work has brought on: a pass brings all of them on by its part of the step.</summary>
    private double FramesOf(RunEvent value) => value.Phase switch
    {
        RunPhase.Encode or RunPhase.Decode => value.Frames?.Count ?? 0,
        RunPhase.Stage when value.Pass is { } pass => Frames / (double)pass.Count,
        _ => 0,
    };

    private double Lap()
    {
        double now = Seconds, spent = now - _begun - _waited;
        (_begun, _waitedInAll, _waited) = (now, _waitedInAll + _waited, 0);
        return spent;
    }
}
