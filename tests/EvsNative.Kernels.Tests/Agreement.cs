using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>
/// CPU devices with vectors of every width and several numbers of threads; those of one width must all give the same bits. Where there is OpenCL, its
/// first device too, within its own tolerance.
/// </summary>
public sealed class Agreement : IDisposable
{
    private static readonly (int Bits, int Threads)[] Kinds = [(512, 1), (512, 2), (512, 3), (512, 5), (256, 1), (256, 3), (128, 1), (128, 2)];

    private readonly List<(int Bits, Device Device)> _devices =
        [.. Kinds.Select(kind => (kind.Bits, Device.Open(new DeviceOptions(Threads: kind.Threads, VectorBits: kind.Bits))))];

    private readonly Device? _openCL = OpenCLDevice.TryOpen();

    /// <summary>Checks an operation's result against its definition on every device, and the devices of a width against each other.</summary>
    internal void Check(double[] wanted, double tolerance, string what, Func<Device, Tensor> compute)
    {
        var firsts = new Dictionary<int, float[]>();
        foreach (var (bits, d) in _devices)
        {
            using var scope = d.Enter("test");
            float[] got = d.Download(compute(d));
            double error = Relative.Error(got, wanted);
            Assert.True(error <= tolerance, $"{what}: {d.Description}: error {error:e2}, at most {tolerance:e1} was expected");
            if (!firsts.TryAdd(bits, got))
                Assert.True(got.AsSpan().SequenceEqual(firsts[bits]), $"{what}: {d.Description} gives other numbers than one thread");
        }

        if (_openCL is null) return;
        using var gpuScope = _openCL.Enter("test");
        double gpuError = Relative.Error(_openCL.Download(compute(_openCL)), wanted), most = Math.Max(tolerance, OpenCLDevice.Tolerance);
        Assert.True(gpuError <= most, $"{what}: {_openCL.Description}: error {gpuError:e2}, at most {most:e1} was expected");
    }

    public void Dispose()
    {
        foreach (var (_, d) in _devices) d.Dispose();
        _openCL?.Dispose();
    }
}
