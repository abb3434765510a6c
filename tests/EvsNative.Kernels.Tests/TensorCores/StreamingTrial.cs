using EvsNative.Kernels.Attention;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A device whose GPU is the interpreter, on which only the streaming kernel may run. Forms are compiled once.</summary>
public class StreamingTrial : IDisposable
{
    private const double Tolerance = 2e-3;

    private readonly InterpretedCudaDriver _driver;
    private readonly Device _device;
    private readonly AttentionTensor _attention;

    /// <summary>One with asynchronous copies.</summary>
    public StreamingTrial() : this(80) { }

    /// <param name="sm">the GPU's architecture</param>
    protected StreamingTrial(int sm)
    {
        _driver = new InterpretedCudaDriver { Sm = sm, Version = 12040 };
        var gpu = CudaTest.Open(_driver);
        _device = Device.On(gpu, new DeviceOptions(Backend.Cuda, Precision: ElementType.Float16), isGuarded: true);
        _attention = new AttentionTensor(gpu, new AttentionPortable(gpu));
    }

    /// <summary>Computes attention, and compares it with the definition.</summary>
    internal void Check(Values q, Values k, Values v, int heads, Values? inverted = null, float gamma = 0)
    {
        double error = Relative.Error(Attend(q, k, v, heads, inverted, gamma), Attentions.Attend(q, k, v, heads, false, inverted, gamma));
        Assert.True(error <= Tolerance, $"q {q.Shape}, k {k.Shape}, {heads} heads: error {error:e2}");
    }

    /// <summary>Computes attention.</summary>
    internal float[] Attend(Values q, Values k, Values v, int heads, Values? inverted = null, float gamma = 0)
    {
        using var scope = _device.Enter("test");
        var y = Draw.Poisoned(_device, q.Shape);
        QueryBlend? blend = inverted is null ? null : new QueryBlend(inverted.On(_device), gamma);
        _attention.Run(new AttentionCall(y, q.On(_device), k.On(_device), v.On(_device), new AttentionOptions(heads, Blend: blend)));
        float[] result = _device.Download(y);
        Assert.All(_driver.Ran, text => Assert.Contains("StreamingAttention", text, StringComparison.Ordinal));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Dispose();
        _driver.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>One of sm_75.</summary>
public sealed class TuringStreamingTrial() : StreamingTrial(75);
