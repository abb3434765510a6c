using EvsNative.Bench;
using EvsNative.Kernels;

namespace EvsNative.Micro;

/// <summary>A line with its weights and inputs on a device.</summary>
internal abstract class PreparedCall : IDisposable
{
    /// <summary>Does what is timed.</summary>
    public abstract void Run();

    /// <summary>Does the call once, whatever is timed.</summary>
    public abstract void Once();

    public abstract void Dispose();
}

/// <summary>On a device of the processor of its own, as <c>bench cpu</c> measures it.</summary>
internal sealed class ProcessorCall : PreparedCall
{
    private readonly Device _device;
    private readonly Device.Scope _scope;
    private readonly Action _call;

    /// <param name="shape">the line</param>
    /// <param name="threads">that work</param>
    public ProcessorCall(Case shape, int threads)
    {
        _device = Device.Open(new DeviceOptions(Threads: threads));
        _scope = _device.Enter(shape.Name);
        _call = shape.Prepare(_device);
    }

    public override void Run() => _call();

    public override void Once() => _call();

    public override void Dispose()
    {
        _scope.Dispose();
        _device.Dispose();
    }
}

/// <summary>
/// On a GPU: what is timed is a record of many calls through copies of their tensors, and the clock moves on by what one of them took (see
/// <see cref="GpuClock"/>).
/// </summary>
internal sealed class GpuCall : PreparedCall
{
    private readonly CaseMemory _memory;
    private readonly GpuBatch _batch;

    /// <param name="shape">the line</param>
    /// <param name="gpu">open; it stays the caller's</param>
    /// <param name="patience">how long a record takes</param>
    /// <exception cref="DeviceException">it does not run there</exception>
    public GpuCall(Case shape, OpenGpu gpu, GpuPatience patience)
    {
        long bytes = new DryCases(gpu, [shape]).All[0].Bytes;
        _memory = new CaseMemory(gpu, shape);
        try
        {
            _batch = new GpuClock(gpu, patience).Prepare(shape, bytes);
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    public override void Run() => DeviceClock.Instance.Advance(_batch.Milliseconds());

    public override void Once() => _batch.Once();

    public override void Dispose() => _memory.Dispose();
}
