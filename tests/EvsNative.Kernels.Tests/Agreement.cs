using EvsNative.Testing;

namespace EvsNative.Kernels.Tests;

/// <summary>CPU devices with one, two, three and five threads, which must all give the same bits.</summary>
public sealed class Agreement : IDisposable
{
    private readonly Device[] _devices = [.. new[] { 1, 2, 3, 5 }.Select(threads => Device.Open(new DeviceOptions(Threads: threads)))];

    /// <summary>Checks an operation's result against its definition on every device, and the devices against each other.</summary>
    internal void Check(double[] wanted, double tolerance, string what, Func<Device, Tensor> compute)
    {
        float[]? first = null;
        foreach (var d in _devices)
        {
            using var scope = d.Enter("test");
            float[] got = d.Download(compute(d));
            double error = Relative.Error(got, wanted);
            Assert.True(error <= tolerance, $"{what}: error {error:e2}, at most {tolerance:e1} was expected");
            first ??= got;
            Assert.True(got.AsSpan().SequenceEqual(first), $"{what}: {d.Description} gives other numbers than one thread");
        }
    }

    public void Dispose()
    {
        foreach (var d in _devices) d.Dispose();
    }
}
