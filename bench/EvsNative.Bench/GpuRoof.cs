using EvsNative.Kernels;
using EvsNative.Kernels.Decorators;

namespace EvsNative.Bench;

/// <summary>
/// What the device does at best, measured on it: float32 multiply-adds and products of tensor cores from registers, and memory copied by
/// the vocabulary's own copy.
/// </summary>
/// <param name="Gflops">of multiply-adds, 2 for each</param>
/// <param name="CopyGigabytes">GB/s, read and written together</param>
/// <param name="TensorGflops">of tensor cores by mma.sync in binary16; null where there are none or they may not be used</param>
/// <param name="FillGigabytes">GB/s written by the driver's own filling</param>
internal sealed record GpuRoof(double Gflops, double? TensorGflops, double CopyGigabytes, double FillGigabytes)
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
        return new GpuRoof(
            MultiplyAdds.Gflops(gpu, clock, isRehearsal), TensorMultiplies.Gflops(gpu, clock, isRehearsal),
            2 * from.Bytes / copy / 1e6, to.Bytes / fill / 1e6);
    }

    /// <summary>
    /// Milliseconds at the roof: for each operation the longer of its multiply-adds and of the moving of its inputs, weights and results.
    /// </summary>
    /// <param name="operations">what is done</param>
    /// <param name="precision">binary16 has the roof of tensor cores, float32 half of it, by tf32</param>
    public double Floor(IEnumerable<OperationCount> operations, ElementType precision)
    {
        double tensor = (TensorGflops ?? 0) / (precision == ElementType.Float16 ? 1 : 2), sums = Math.Max(Gflops, tensor);
        return operations.Sum(o => Math.Max(o.Flops / sums / 1e6, o.Bytes / CopyGigabytes / 1e6));
    }

    /// <summary>In a line.</summary>
    public override string ToString() =>
        $"float32 multiply-adds at {Gflops / 1e3:F1} TFLOP/s, "
        + (TensorGflops is { } tensor ? $"tensor cores by mma.sync at {tensor / 1e3:F0} TFLOP/s, " : "no tensor cores, ")
        + $"memory copied at {CopyGigabytes:F0} GB/s (filled at {FillGigabytes:F0}), all measured here";
}
