using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>
/// CPU devices of every width of vectors: each must do what the definition says. Those of the widest have one, two and three threads, which must
/// all give the same bits.
/// </summary>
public sealed class Agreement : IDisposable
{
    private readonly Device[] _widest = [.. Enumerable.Range(1, 3).Select(threads => Device.Open(new DeviceOptions(Threads: threads)))];
    private readonly Device[] _others = [.. ((int[])[128, 256, 512]).Select(bits => Device.Open(new DeviceOptions(Threads: 2, VectorBits: bits)))];

    /// <summary>Checks an operation's result against its definition on every device, and the devices against each other.</summary>
    internal void Check(double[] wanted, double tolerance, string what, Func<Device, Tensor> compute)
    {
        float[]? first = null;
        foreach (var d in _widest)
        {
            float[] got = Result(d, wanted, tolerance, what, compute);
            first ??= got;
            Assert.True(got.AsSpan().SequenceEqual(first), $"{what}: {d.Description} gives other numbers than one thread");
        }

        foreach (var d in _others) Result(d, wanted, tolerance, what, compute);
    }

    public void Dispose()
    {
        foreach (var d in _widest) d.Dispose();
        foreach (var d in _others) d.Dispose();
    }

    private static float[] Result(Device d, double[] wanted, double tolerance, string what, Func<Device, Tensor> compute)
    {
        using var scope = d.Enter("test");
        float[] got = d.Download(compute(d));
        double error = Relative.Error(got, wanted);
        Assert.True(error <= tolerance, $"{what}: {d.Description}: error {error:e2}, at most {tolerance:e1} was expected");
        return got;
    }
}
