using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>
/// CPU devices with vectors of every width and several numbers of threads; those of one width must all give the same bits. Where there is
/// OpenCL, its first device too, once with activations of float32 and once of binary16, within tolerances of their own.
/// </summary>
public sealed class Agreement : IDisposable
{
    private static readonly (int Bits, int Threads)[] Kinds =
        [(512, 1), (512, 2), (512, 3), (512, 5), (256, 1), (256, 3), (128, 1), (128, 2)];

    private readonly List<(int Bits, Device Device)> _devices =
        [.. Kinds.Select(kind => (kind.Bits, Device.Open(new DeviceOptions(Threads: kind.Threads, VectorBits: kind.Bits))))];

    private readonly Device? _openCL = OpenCLDevice.TryOpen(), _openCLHalves = OpenCLDevice.TryOpen(ElementType.Float16);

    /// <summary>One device of each kind.</summary>
    internal IEnumerable<Device> Each => new[] { _devices[1].Device, _openCL, _openCLHalves }.OfType<Device>();

    /// <summary>All of them.</summary>
    internal IEnumerable<Device> All => _devices.Select(pair => pair.Device).Concat(new[] { _openCL, _openCLHalves }.OfType<Device>());

    /// <summary>
    /// Checks an operation's result against its definition on every device, and the devices of a width against each other.
    /// </summary>
    /// <param name="wanted">what the definition says, of the inputs in float32</param>
    /// <param name="tolerance">of the processor's devices; others have at least theirs</param>
    /// <param name="what">the case, for the error</param>
    /// <param name="compute">the operation on a device</param>
    /// <param name="isForHalves">false where inputs of binary16 would be another problem than the one that was meant</param>
    internal void Check(double[] wanted, double tolerance, string what, Func<Device, Tensor> compute, bool isForHalves = true)
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

        if (_openCL is not null) Check(_openCL, wanted, Math.Max(tolerance, OpenCLDevice.Tolerance), what, compute);
        if (_openCLHalves is not null && isForHalves)
            Check(_openCLHalves, wanted, Math.Max(tolerance, OpenCLDevice.HalfTolerance), what, compute);
    }

    public void Dispose()
    {
        foreach (var (_, d) in _devices) d.Dispose();
        _openCL?.Dispose();
        _openCLHalves?.Dispose();
    }

    private static void Check(Device d, double[] wanted, double tolerance, string what, Func<Device, Tensor> compute)
    {
        using var scope = d.Enter("test");
        double error = Relative.Error(d.Download(compute(d)), wanted);
        Assert.True(error <= tolerance, $"{what}: {d.Description}, {d.Precision}: error {error:e2}, at most {tolerance:e1} was expected");
    }
}
