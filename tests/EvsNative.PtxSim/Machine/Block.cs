using EvsNative.PtxSim.Storage;

namespace EvsNative.PtxSim.Machine;

/// <summary>Runs one block after the other: its warps in turns, barriers, shared memory.</summary>
internal sealed class Block : IDisposable
{
    private const int ShortestSlice = 8, LongestSlice = 64;

    private readonly Launch _launch;
    private readonly Random _random;
    private readonly Warp[] _warps;
    private readonly long _limit;

    public Block(Launch launch, int seed, long limit)
    {
        (_launch, _random, _limit) = (launch, new Random(seed), limit);
        var entry = launch.Entry;
        int end = launch.DynamicSharedBytes > 0 ? entry.DynamicSharedAddress + launch.DynamicSharedBytes : entry.Shared.Bytes;
        Shared = new Region(end, hasRaces: true);
        Memory = new MemoryUnit(launch, this);
        _warps = [.. Enumerable.Range(0, (launch.Threads + 31) / 32).Select(warp => new Warp(launch, this, warp * 32))];
    }

    public Region Shared { get; }

    public MemoryUnit Memory { get; }

    /// <summary>Index of the block that runs.</summary>
    public int Index { get; private set; }

    /// <summary>Counts on at each barrier.</summary>
    public long Interval { get; private set; }

    public Since SharedSince { get; private set; }

    public Since GlobalSince { get; private set; }

    public void Run(int index)
    {
        Index = index;
        Interval = _launch.Memory.NextInterval;
        (SharedSince, GlobalSince) = (new Since(Interval, Interval), new Since(_launch.FirstInterval, Interval));
        _launch.Begin(index);
        MarkShared();
        foreach (var warp in _warps) warp.Start();
        while (RunRound() || Release())
        {
            if (_launch.Executed > _limit)
            {
                var warp = _warps.First(warp => warp.Live != 0);
                throw warp.End(PtxFault.Deadlock, $"still runs after {_launch.Executed} lane instructions");
            }
        }

        _launch.Memory.NextInterval = Interval + 1;
    }

    public void Dispose()
    {
        Shared.Dispose();
        foreach (var warp in _warps) warp.Dispose();
    }

    private void MarkShared()
    {
        Shared.Forget(ByteState.Gap);
        foreach (var (start, bytes) in _launch.Entry.Shared.Variables) Shared.Mark(start, bytes, ByteState.Uninitialised);
        if (_launch.DynamicSharedBytes > 0)
            Shared.Mark(_launch.Entry.DynamicSharedAddress, _launch.DynamicSharedBytes, ByteState.Uninitialised);
    }

    /// <summary>Gives each warp that can run a slice, from a random one on; false if none can.</summary>
    private bool RunRound()
    {
        bool hasRun = false;
        int first = _random.Next(_warps.Length);
        for (int i = 0; i < _warps.Length; i++)
        {
            var warp = _warps[(first + i) % _warps.Length];
            if (!warp.CanRun) continue;
            warp.Run(_random.Next(ShortestSlice, LongestSlice));
            hasRun = true;
        }

        return hasRun;
    }

    /// <summary>All that still live wait at a barrier: lets them go; false if none is left.</summary>
    private bool Release()
    {
        var waiting = _warps.FirstOrDefault(warp => warp.Live != 0);
        if (waiting is null) return false;
        int at = waiting.BarrierAt;
        foreach (var warp in _warps) warp.CheckBarrier(at);
        Interval++;
        foreach (var warp in _warps) warp.Release();
        return true;
    }
}
