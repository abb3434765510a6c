using EvsNative.Kernels;

namespace EvsNative.Bench;

/// <summary>How patiently a call is timed.</summary>
/// <param name="RotatedBytes">inputs, weights and results that calls go through in turns: more than the second-level cache holds</param>
/// <param name="MostCopies">of a case's tensors</param>
/// <param name="SampleMilliseconds">one sample lasts at least as long, if <paramref name="MostCalls"/> allow</param>
/// <param name="MostCalls">in one sample</param>
/// <param name="Samples">of which the median counts</param>
internal sealed record GpuPatience(long RotatedBytes, int MostCopies, double SampleMilliseconds, int MostCalls, int Samples)
{
    /// <summary>For numbers. 128 MiB are two and a half times an H100's second-level cache.</summary>
    public static GpuPatience Usual { get; } = new(128L << 20, 64, 15, 400, 5);

    /// <summary>For trying that everything runs.</summary>
    public static GpuPatience Rehearsal { get; } = new(0, 2, 0, 2, 1);
}

/// <summary>What a call took on the device.</summary>
/// <param name="Milliseconds">of one call, the median of samples</param>
/// <param name="Best">the least of them</param>
/// <param name="Calls">in one sample</param>
/// <param name="Copies">that they went through</param>
internal sealed record GpuTime(double Milliseconds, double Best, int Calls, int Copies);

/// <summary>
/// Times calls by the device's own clock, where it has one that we read (events of CUDA's stream): many calls in a row between two events,
/// from a record where the device makes one, so that the host's part is not in it. Each call works on other tensors than the one before, as
/// the layers of a network do, so that nothing is left in the second-level cache for the next one.
/// </summary>
/// <param name="gpu">idle</param>
/// <param name="patience">how long</param>
internal sealed class GpuClock(OpenGpu gpu, GpuPatience patience)
{
    /// <summary>Prepares a case as often as needed and times it; its tensors are free afterwards.</summary>
    /// <param name="shape">what</param>
    /// <param name="bytes">that one call reads and writes</param>
    public GpuTime Time(Case shape, long bytes)
    {
        using var memory = new CaseMemory(gpu, shape);
        return Time(Prepare(shape, bytes));
    }

    /// <summary>Times calls in turns.</summary>
    public GpuTime Time(IReadOnlyList<Action> calls) => Time(Prepare(calls));

    /// <summary>Prepares a case as often as needed, in <see cref="CaseMemory"/> that is the caller's.</summary>
    /// <param name="shape">what</param>
    /// <param name="bytes">that one call reads and writes</param>
    public GpuBatch Prepare(Case shape, long bytes)
    {
        int copies = shape.IsNetwork ? 1 : (int)Math.Clamp((patience.RotatedBytes / Math.Max(bytes, 1)) + 1, 2, patience.MostCopies);
        return Prepare([.. Enumerable.Range(0, copies).Select(_ => shape.Prepare(gpu.Device))]);
    }

    private GpuBatch Prepare(IReadOnlyList<Action> calls)
    {
        // The first call loads kernels and lets memory grow.
        calls[0]();
        double rough = gpu.Runtime.Time(() =>
        {
            foreach (var call in calls) call();
        }) / calls.Count;
        int least = (int)Math.Min(patience.SampleMilliseconds / Math.Max(rough, 1e-4), patience.MostCalls);
        int count = Math.Max(1, (least + calls.Count - 1) / calls.Count) * calls.Count;
        if (count > Math.Max(patience.MostCalls, calls.Count)) count = calls.Count;
        return new GpuBatch(gpu.Runtime, calls, count);
    }

    private GpuTime Time(GpuBatch batch)
    {
        double[] samples = new double[patience.Samples];
        for (int i = 0; i < samples.Length; i++) samples[i] = batch.Milliseconds();
        return new GpuTime(Statistics.Median(samples), samples.Min(), batch.Calls, batch.Copies);
    }
}
