using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Tests.Cuda;
using EvsNative.Testing;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>An attention kernel of a device whose GPU is the interpreter, beside the definition. Forms are compiled once.</summary>
public class AttentionTrial : IDisposable
{
    private const double Tolerance = 1e-3;

    private readonly InterpretedCudaDriver _driver;
    private readonly Device _device;
    private readonly IOperation<AttentionCall> _operation;

    /// <param name="operation">makes the kernel of a GPU, of temporary memory and of what takes the calls that it does not</param>
    /// <param name="precision">of queries, keys, values and result</param>
    /// <param name="sm">the GPU's architecture</param>
    internal AttentionTrial(
        Func<GpuRuntime, Scratch, IOperation<AttentionCall>, IOperation<AttentionCall>> operation,
        ElementType precision = ElementType.Float16, int sm = 80)
    {
        _driver = new InterpretedCudaDriver { Sm = sm, Version = 12090 };
        var gpu = CudaTest.Open(_driver);
        _device = Device.On(gpu, new DeviceOptions(Backend.Cuda, Precision: precision), isGuarded: true);
        _operation = operation(gpu, new Scratch(gpu.Allocate, isGuarded: true), new NoOperation());
    }

    /// <summary>What becomes of a kernel's text before it runs.</summary>
    public Func<string, string> Rewrite
    {
        set => _driver.Rewrite = value;
    }

    /// <summary>The result of a call.</summary>
    internal float[] Run(Values q, Values k, Values v, AttentionOptions options, Values? inverted = null, float gamma = 0.8f)
    {
        using var scope = _device.Enter("attention");
        var y = Draw.Poisoned(_device, q.Shape);
        if (inverted is not null) options = options with { Blend = new QueryBlend(inverted.On(_device), gamma) };
        _operation.Run(new AttentionCall(y, q.On(_device), k.On(_device), v.On(_device), options));
        return _device.Download(y);
    }

    /// <summary>The error of a call against its definition.</summary>
    internal double Error(Values q, Values k, Values v, AttentionOptions options, Values? inverted = null, float gamma = 0.8f) =>
        Relative.Error(Run(q, k, v, options, inverted, gamma), options.Axis == SequenceAxis.Frames
            ? Attentions.AttendFrames(q, k, v, options.Heads, options.Frames, inverted, gamma)
            : Attentions.Attend(q, k, v, options.Heads, options.IsCausal, inverted, gamma));

    /// <summary>Compares the result of a call with the definition's.</summary>
    internal void Check(Values q, Values k, Values v, AttentionOptions options, Values? inverted = null, float gamma = 0.8f)
    {
        double error = Error(q, k, v, options, inverted, gamma);
        Assert.True(error < Tolerance, $"q {q.Shape}, k {k.Shape}, {options}: error {error:e2}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _device.Dispose();
        _driver.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class NoOperation : IOperation<AttentionCall>
    {
        public void Run(in AttentionCall call) => Assert.Fail("the kernel did not take the call");
    }
}
