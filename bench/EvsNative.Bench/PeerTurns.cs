using System.Runtime.InteropServices;

namespace EvsNative.Bench;

/// <summary>One peer on one line: it is asked for its numbers first, then takes its turns if they are ours.</summary>
internal sealed class PeerTurns
{
    private readonly Peer _peer;
    private readonly Case _shape;
    private readonly List<double> _medians = [];
    private readonly string? _variant;
    private string? _problem;
    private int _repeats;
    private Agreement? _agreement;
    private int _calls;
    private double _processor;

    /// <param name="peer">the peer</param>
    /// <param name="shape">the line</param>
    /// <param name="ours">our results; null where they are not compared</param>
    /// <param name="repeatsFor">how often a call of so many seconds is repeated in a turn</param>
    public PeerTurns(Peer peer, Case shape, float[]? ours, Func<double, int> repeatsFor)
    {
        (_peer, _shape) = (peer, shape);
        try
        {
            var times = Compare(ours);
            _variant = times.Variant;
            if (_agreement is { Holds: false }) _problem = $"differs by {_agreement.Error:E1}";
            else _repeats = repeatsFor(times.Seconds[0]);
        }
        catch (PeerException fault)
        {
            _problem = fault.Message;
        }
    }

    /// <summary>One turn, if it computes what we do.</summary>
    public void Take()
    {
        if (_repeats == 0) return;
        try
        {
            var times = _peer.Run(_shape.Request, _repeats);
            _medians.Add(Statistics.Median(times.Seconds));
            (_processor, _calls) = (_processor + times.ProcessorSeconds, _calls + _repeats);
        }
        catch (PeerException fault)
        {
            (_problem, _repeats) = (fault.Message, 0);
        }
    }

    /// <summary>What it came to; it forgets its inputs.</summary>
    public PeerMeasured End()
    {
        try
        {
            _peer.Drop();
        }
        catch (PeerException fault)
        {
            _problem ??= fault.Message;
        }

        // Who fell silent on the way has no time, whatever its first turns took.
        return _calls == 0 || _repeats == 0
            ? new PeerMeasured(_peer.Name, null, null, _variant, _problem, _agreement)
            : new PeerMeasured(
                _peer.Name, Statistics.Median(_medians) * 1e3, _processor / _calls * 1e3, _variant, _problem, _agreement);
    }

    private PeerTimes Compare(float[]? ours)
    {
        if (ours is null) return _peer.Run(_shape.Request, 1);
        using var folder = new WorkFolder();
        string path = Path.Combine(folder.Path, "results.f32");
        var times = _peer.Run(_shape.Request, 1, path);
        _agreement = Agreement.Of(ours, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)), _shape.IsNetwork);
        return times;
    }
}
