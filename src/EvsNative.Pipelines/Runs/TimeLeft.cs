using EvsNative.Models.Evs;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// How long a run still takes. What work weighs is known in FLOPs from its dry run; how fast this machine does them differs by the kind of
/// work (convolutions at full size, attention, motion modules) and is learned while the run goes on. A kind that has not come yet is taken
/// to be as fast as its nearest relative: decoding as encoding, the video model as the image model.
/// </summary>
internal sealed class TimeLeft
{
    private static readonly int Sorts = Enum.GetValues<WorkSort>().Length;

    private readonly IReadOnlyList<(WorkSort Sort, long Flops)> _events;
    private readonly double[] _seconds = new double[Sorts], _flops = new double[Sorts];
    private readonly long[] _left = new long[Sorts];
    private int _done;

    /// <summary>Before anything is done.</summary>
    /// <param name="events">the pieces of work in their order</param>
    public TimeLeft(IReadOnlyList<(WorkSort Sort, long Flops)> events)
    {
        _events = events;
        foreach (var (sort, flops) in events) _left[(int)sort] += flops;
    }

    /// <summary>A piece of work is done.</summary>
    /// <param name="seconds">that it took; null where it was fetched and not done, so that it says nothing of the machine</param>
    public void Done(double? seconds)
    {
        if (_done == _events.Count) return;
        var (sort, flops) = _events[_done++];
        _left[(int)sort] -= flops;
        if (seconds is not { } spent || flops == 0) return;
        _seconds[(int)sort] += spent;
        _flops[(int)sort] += flops;
    }

    /// <summary>Seconds from the last piece on; null where nothing is known yet.</summary>
    public double? Seconds
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < Sorts; i++)
            {
                if (_left[i] == 0) continue;
                if (SecondsOfFlop((WorkSort)i) is not { } pace) return null;
                sum += _left[i] * pace;
            }

            return sum;
        }
    }

    /// <summary>The share of the run's time that is over, 0 to 1, as far as is known.</summary>
    /// <param name="spent">seconds since the work began</param>
    public double? Share(double spent) => Seconds is { } left && spent + left > 0 ? spent / (spent + left) : null;

    private double? SecondsOfFlop(WorkSort sort) => Relatives(sort)
        .Where(relative => _flops[(int)relative] > 0)
        .Select(relative => (double?)(_seconds[(int)relative] / _flops[(int)relative])).FirstOrDefault();

    private static WorkSort[] Relatives(WorkSort sort) => sort switch
    {
        WorkSort.Encode => [WorkSort.Encode, WorkSort.Decode, WorkSort.Image, WorkSort.Video],
        WorkSort.Decode => [WorkSort.Decode, WorkSort.Encode, WorkSort.Image, WorkSort.Video],
        WorkSort.Image => [WorkSort.Image, WorkSort.Video, WorkSort.Encode],
        _ => [WorkSort.Video, WorkSort.Image, WorkSort.Encode],
    };
}

/// <summary>Work that runs at one pace.</summary>
internal enum WorkSort
{
    /// <summary>Frames to latents; prompts too, which are next to nothing.</summary>
    Encode,

    /// <summary>The image model.</summary>
    Image,

    /// <summary>The video model.</summary>
    Video,

    /// <summary>Latents to frames.</summary>
    Decode,
}

/// <summary>Sorts of events.</summary>
internal static class WorkSorts
{
    /// <summary>The sort of what has just been done.</summary>
    public static WorkSort Of(RunEvent done) => done.Phase switch
    {
        RunPhase.Decode => WorkSort.Decode,
        RunPhase.Stage => done.Planned?.Expert == Expert.Video ? WorkSort.Video : WorkSort.Image,
        _ => WorkSort.Encode,
    };
}
