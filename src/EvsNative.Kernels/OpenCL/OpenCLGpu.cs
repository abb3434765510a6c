using System.Reflection;
using System.Runtime.CompilerServices;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace EvsNative.Kernels.OpenCL;

/// <summary>An OpenCL device, run by ILGPU: it compiles kernels to OpenCL C, and the device's driver compiles that.</summary>
internal sealed unsafe class OpenCLGpu : GpuRuntime
{
    private readonly Context _context;
    private readonly CLAccelerator _accelerator;
    private readonly AcceleratorStream _stream;

    private OpenCLGpu(Context context, CLAccelerator accelerator, GpuCaps caps, int index) : base(caps)
    {
        (_context, _accelerator) = (context, accelerator);
        _stream = accelerator.DefaultStream;
        Description = $"opencl:{index} {caps.Name}";
    }

    public override string Description { get; }

    // A processor works through its launches in no time that a user would call short.
    protected override int Pace => Caps.IsProcessor ? 4 : 64;

    /// <summary>Opens a device by its number among all platforms' devices.</summary>
    /// <exception cref="DeviceException">there is none of this number, or it cannot do what kernels need</exception>
    public static OpenCLGpu Open(int index)
    {
        var all = OpenCLDevices.Find();
        if (all.Count == 0) throw new DeviceException("OpenCL is installed and offers no device: a vendor's driver is missing");
        if (index >= all.Count) throw new DeviceException($"there is no OpenCL device {index}: they are 0 to {all.Count - 1}");
        if (all[index].Caps.Shortfall is { } lack) throw new DeviceException($"OpenCL device {index}, {all[index].Caps.Name}, {lack}");
        var context = KernelContext.Create();
        try
        {
            return new OpenCLGpu(context, OpenCLLibrary.Open(context, all[index]), all[index].Caps, index);
        }
#pragma warning disable CA1031 // whatever a vendor's driver or ILGPU throws, the user is to read one line
        catch (Exception e)
#pragma warning restore CA1031
        {
            context.Dispose();
            throw new DeviceException($"OpenCL device {index} cannot be opened: {OpenCLLibrary.Innermost(e).Message}", e);
        }
    }

    public override GpuBuffer Allocate(long bytes)
    {
        if (bytes > Caps.MaxAllocationBytes)
            throw new DeviceMemoryException(
                $"{Caps.Name}: a buffer of {bytes / 1e9:F2} GB was needed, its largest is {Caps.MaxAllocationBytes / 1e9:F2} GB");
        try
        {
            return Guard(() => new GpuBuffer(_accelerator.Allocate1D<byte>(Math.Max(bytes, 1)), Math.Max(bytes, 1)),
                $"no room for {bytes / 1e9:F2} GB more");
        }
        catch (DeviceException e)
        {
            throw new DeviceMemoryException(e.Message, e);
        }
    }

    public override GpuKernel<TArgs> Load<TArgs>(MethodInfo kernel, int threads, GpuKernelOptions options = default) => Guard(
        () =>
        {
            Hold(KernelNames.Of(kernel), threads, options);
            var compiled =
                (CLCompiledKernel)_accelerator.GetBackend().Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default);
            string text = OpenCLText.Canonical(compiled.Source);
            var loaded =
                _accelerator.LoadKernel(new CLCompiledKernel(_context, EntryPointOf(compiled), compiled.Info, text, compiled.CVersion));
            return new Loaded<TArgs>(this, loaded.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, TArgs>>(),
                KernelNames.Of(kernel), threads);
        },
        $"kernel {KernelNames.Of(kernel)} does not compile");

    public override void Write(GpuBuffer buffer, long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        var target = buffer.View.SubView(offset, bytes.Length);
        fixed (byte* source = bytes)
        {
            // The copy waits, since the host's memory is the caller's.
            nint address = (nint)source;
            Guard(() => { target.CopyFromCPU(_stream, ref *(byte*)address, target.Length); _stream.Synchronize(); },
                "writing to the device failed");
        }
    }

    public override void Read(GpuBuffer buffer, long offset, Span<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        var source = buffer.View.SubView(offset, bytes.Length);
        fixed (byte* target = bytes)
        {
            nint address = (nint)target;
            Guard(() => { source.CopyToCPU(_stream, ref *(byte*)address, source.Length); _stream.Synchronize(); },
                "reading from the device failed");
        }
    }

    public override void Fill(GpuBuffer buffer, long offset, long count, byte value) =>
        Guard(() => buffer.View.SubView(offset, count).MemSet(_stream, value), "filling memory failed");

    public override void Synchronize() => Guard(_stream.Synchronize, "the device failed");

    public override void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }

    // Of ILGPU's own: a kernel of another text needs it, and it cannot be made again from what is public.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EntryPoint")]
    private static extern SeparateViewEntryPoint EntryPointOf(CLCompiledKernel kernel);

    private void Guard(Action work, string failure) => Guard(
        () =>
        {
            work();
            return 0;
        },
        failure);

    private T Guard<T>(Func<T> work, string failure)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not (OperationCanceledException or DeviceException))
        {
            throw Failure($"{failure}: {OpenCLLibrary.Innermost(e).Message}", e);
        }
    }

    private sealed class Loaded<TArgs>(OpenCLGpu gpu, Action<AcceleratorStream, KernelConfig, TArgs> launch, string name, int threads)
        : GpuKernel<TArgs>(name, threads)
        where TArgs : struct
    {
        public override void Launch(Groups groups, in TArgs args)
        {
            gpu.Starting(Name);
            try
            {
                launch(gpu._stream, new KernelConfig(new Index3D(groups.X, groups.Y, groups.Z), new Index3D(Threads, 1, 1)), args);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw gpu.Failure($"kernel {Name} did not start: {OpenCLLibrary.Innermost(e).Message}", e);
            }
        }
    }
}
