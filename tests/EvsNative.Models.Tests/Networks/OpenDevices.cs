using EvsNative.Kernels;
using EvsNative.Testing;

namespace EvsNative.Models.Tests.Networks;

/// <summary>
/// One device of each kind for all small goldens, with the small U-Net on it: on OpenCL most of a case's time is the compiling of kernels.
/// What a case rents is to be within a scope of its own.
/// </summary>
[CollectionDefinition(nameof(OpenDevices))]
public sealed class OpenDevices : ICollectionFixture<OpenDevices>, IDisposable
{
    private readonly Dictionary<string, (Device Device, UNet UNet)> _open = [];

    /// <summary>A device of <see cref="TestDevices"/>; skips the test, with the reason, where it is not there.</summary>
    internal (Device Device, UNet UNet) Get(string device)
    {
        Assert.SkipWhen(TestDevices.Missing(device) is not null, $"no OpenCL: {TestDevices.Missing(device)}");
        if (_open.TryGetValue(device, out var open)) return open;
        var d = TestDevices.Open(device);
        return _open[device] = (d, SmallNetworks.UNet(d));
    }

    public void Dispose()
    {
        foreach (var (device, _) in _open.Values) device.Dispose();
    }
}
