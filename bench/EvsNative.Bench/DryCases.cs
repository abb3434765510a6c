using EvsNative.Kernels;
using EvsNative.Kernels.Decorators;

namespace EvsNative.Bench;

/// <summary>A case and what its call consists of.</summary>
/// <param name="Shape">what</param>
/// <param name="Counts">its operations</param>
/// <param name="Calls">how often which call</param>
internal sealed record CountedCase(
    Case Shape, IReadOnlyCollection<OperationCount> Counts, IReadOnlyDictionary<CountedCall, long> Calls)
{
    public double Gflop => Counts.Sum(c => c.Flops) / 1e9;

    /// <summary>Inputs, weights and results, each once.</summary>
    public long Bytes => Counts.Sum(c => c.Bytes);
}

/// <summary>All cases done once without doing them, on a device's profile: what they cost, and which kernels they start.</summary>
internal sealed class DryCases
{
    /// <param name="gpu">the device that they will run on</param>
    /// <param name="cases">what</param>
    public DryCases(OpenGpu gpu, IEnumerable<Case> cases)
    {
        using var d = Device.Open(new DeviceOptions(Backend.Null, Counts: true, Precision: gpu.Device.Precision, Profile: gpu.Caps));
        All = [.. cases.Select(shape => Count(d, shape))];
        Kernels = d.UsedKernels;
    }

    public IReadOnlyList<CountedCase> All { get; }

    public KernelPlan Kernels { get; }

    private static CountedCase Count(Device d, Case shape)
    {
        using var scope = d.Enter("count");
        var run = shape.Prepare(d);
        d.Counting!.Reset();
        run();
        return new CountedCase(shape, [.. d.Counting.Records], d.Counting.TakeCalls());
    }
}
