using EvsNative.Kernels;
using EvsNative.Kernels.Decorators;

namespace EvsNative.Bench;

/// <summary>
/// What the device does at best, measured on it: float32 multiply-adds from registers, and memory copied by the vocabulary's own copy.
/// </summary>
/// <param name="Gflops">of multiply-adds, 2 for each</param>
/// <param name="CopyGigabytes">GB/s, read and written together</param>
/// <param name="FillGigabytes">GB/s written by the driver's own filling</param>
internal sealed record GpuRoof(double Gflops, double CopyGigabytes, double FillGigabytes)
{
    private const long CopyNumbers = 64L << 20, RehearsalNumbers = 1 << 12;

    /// <summary>Measures it.</summary>
    /// <param name="gpu">idle</param>
    /// <param name="isRehearsal">only try that it works</param>
    public static GpuRoof Of(OpenGpu gpu, bool isRehearsal)
    {
        var d = gpu.Device;
        using var scope = d.Enter("roof");
        var clock = new GpuClock(gpu, isRehearsal ? GpuPatience.Rehearsal : GpuPatience.Usual with { SampleMilliseconds = 5 });
        var shape = new Shape(1, 1, 1 << 10, (int)((isRehearsal || gpu.Caps.IsProcessor ? RehearsalNumbers << 4 : CopyNumbers) >> 10));
        Tensor from = d.Rent(shape), to = d.Rent(shape);
        gpu.Runtime.Fill((Kernels.Gpu.GpuBuffer)from.Buffer, from.Offset * sizeof(float), from.Bytes, 0);
        double copy = clock.Time([() => d.Kernels.Copy(to, from), () => d.Kernels.Copy(from, to)]).Best;
        double fill = clock.Time([() => gpu.Runtime.Fill((Kernels.Gpu.GpuBuffer)to.Buffer, to.Offset * sizeof(float), to.Bytes, 0)]).Best;
        return new GpuRoof(MultiplyAdds.Gflops(gpu, clock, isRehearsal), 2 * from.Bytes / copy / 1e6, to.Bytes / fill / 1e6);
    }

    /// <summary>
    /// Milliseconds at the roof: for each operation the longer of its multiply-adds and of the moving of its inputs, weights and results.
    /// </summary>
    public double Floor(IEnumerable<OperationCount> operations) =>
        operations.Sum(o => Math.Max(o.Flops / Gflops / 1e6, o.Bytes / CopyGigabytes / 1e6));
}
