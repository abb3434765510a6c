using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>Whom ILGPU takes for the owner of memory that is not its own: an accelerator on which nothing ever runs.</summary>
internal sealed class MemoryOwner : IDisposable
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;

    public MemoryOwner()
    {
        _context = Context.Create(builder => builder.CPU(new CPUDevice(2, 1, 1)));
        _accelerator = _context.GetDevice<CPUDevice>(0).CreateAccelerator(_context);
    }

    /// <summary>Memory at an address of a device, in the form that kernel arguments are made of.</summary>
    public GpuBuffer Wrap(nint address, long bytes, Action? release = null) =>
        new(new ForeignMemory(_accelerator, address, bytes), bytes, release);

    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }
}
