using EvsNative.Kernels.Gpu;

namespace EvsNative.Bench;

/// <summary>Many calls in a row, from a record where the device makes one, timed together by the device's clock.</summary>
internal sealed class GpuBatch
{
    private readonly GpuRuntime _runtime;
    private readonly IReadOnlyList<Action> _calls;
    private readonly Action _run, _replay;

    /// <summary>Runs the calls as they are and records them; from then on the record runs.</summary>
    /// <param name="runtime">idle</param>
    /// <param name="calls">on copies of the same tensors, taken in turns</param>
    /// <param name="count">calls in a row</param>
    public GpuBatch(GpuRuntime runtime, IReadOnlyList<Action> calls, int count)
    {
        (_runtime, _calls, Calls, _run) = (runtime, calls, count, Run);
        _replay = () => _runtime.Replay(this, _run);
        for (int i = 0; i < 2; i++) _replay();
        _runtime.Synchronize();
    }

    /// <summary>Calls in a row.</summary>
    public int Calls { get; }

    /// <summary>Copies that they go through.</summary>
    public int Copies => _calls.Count;

    /// <summary>Runs all calls: milliseconds of one.</summary>
    public double Milliseconds() => _runtime.Time(_replay) / Calls;

    /// <summary>Starts one call as it is, without a record and without a clock.</summary>
    public void Once() => _calls[0]();

    private void Run()
    {
        for (int i = 0; i < Calls; i++) _calls[i % _calls.Count]();
    }
}
