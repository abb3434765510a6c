using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Conv;
using EvsNative.Kernels.Gemm;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;

namespace EvsNative.Kernels.Tests.Traffic;

/// <summary>Interpreted devices that the tests of a class share, so that each kernel is compiled once.</summary>
public sealed class TrafficDevices : IDisposable
{
    private readonly Dictionary<int, TrafficDevice> _opened = [];

    /// <summary>Begins work on the device of an architecture.</summary>
    internal TrafficRun Open(int sm)
    {
        if (!_opened.TryGetValue(sm, out var device)) _opened[sm] = device = new TrafficDevice(sm);
        return new TrafficRun(device);
    }

    public void Dispose()
    {
        foreach (var device in _opened.Values) device.Dispose();
    }
}

/// <summary>One of them, with the operations that tests ask for by name.</summary>
internal sealed class TrafficDevice : IDisposable
{
    private readonly Dictionary<Type, LinearTensor> _linear = [];
    private readonly Dictionary<Type, Conv2dTensor> _conv2d = [];

    public TrafficDevice(int sm)
    {
        Driver = new InterpretedCudaDriver { Sm = sm };
        var gpu = CudaTest.Open(Driver);
        Gpu = gpu;
        Device = Device.On(gpu, new DeviceOptions(Backend.Cuda, Precision: ElementType.Float16), isGuarded: true);
        Streaming = new AttentionTensor(gpu, null!);
    }

    public InterpretedCudaDriver Driver { get; }

    public GpuRuntime Gpu { get; }

    public Device Device { get; }

    public AttentionTensor Streaming { get; }

    public LinearTensor Linear(Type? tile) =>
        _linear.TryGetValue(tile ?? typeof(void), out var found) ? found
        : _linear[tile ?? typeof(void)] = new LinearTensor(Gpu, null!, tile);

    public Conv2dTensor Conv2d(Type? tile) =>
        _conv2d.TryGetValue(tile ?? typeof(void), out var found) ? found
        : _conv2d[tile ?? typeof(void)] = new Conv2dTensor(Gpu, null!, tile);

    public void Dispose()
    {
        Device.Dispose();
        Driver.Dispose();
    }
}
