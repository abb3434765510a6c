using System.Reflection;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Definitions;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Backends;

/// <summary>
/// A GPU of a given profile without memory and without work: it proves that plans and launches stay within the device's limits.
/// </summary>
internal sealed class DryGpu(GpuCaps caps) : GpuRuntime(caps)
{
    private readonly MemoryOwner _owner = new();
    private readonly Dictionary<(MethodInfo, int), long> _launches = [];

    private readonly HashSet<KernelForm> _forms = [];

    public override string Description => $"dry run on {Caps.Name}";

    /// <summary>Every kernel that was loaded, with its threads and how often it was started.</summary>
    public IReadOnlyDictionary<(MethodInfo Kernel, int Threads), long> Launches => _launches;

    /// <summary>The same kernels as a device is asked for them.</summary>
    public IReadOnlyCollection<KernelForm> Forms => _forms;

    /// <summary>Launches in all.</summary>
    public long TotalLaunches { get; private set; }

    public override GpuBuffer Allocate(long bytes) => _owner.Wrap(0, bytes);

    public override GpuKernel<TArgs> Load<TArgs>(MethodInfo kernel, int threads, GpuKernelOptions options = default)
    {
        Hold(KernelNames.Of(kernel), threads, options);
        _launches.TryAdd((kernel, threads), 0);
        _forms.Add(new KernelForm(kernel, threads, options.MinGroups));
        return new Loaded<TArgs>(this, kernel, threads, options);
    }

    public override void Write(GpuBuffer buffer, long offset, ReadOnlySpan<byte> bytes) { }

    public override void Read(GpuBuffer buffer, long offset, Span<byte> bytes) => bytes.Clear();

    public override void Fill(GpuBuffer buffer, long offset, long count, byte value) { }

    public override void Synchronize() { }

    public override void Dispose() => _owner.Dispose();

    private sealed class Loaded<TArgs>(DryGpu gpu, MethodInfo kernel, int threads, GpuKernelOptions options)
        : GpuKernel<TArgs>(KernelNames.Of(kernel), threads)
        where TArgs : struct
    {
        public override void Launch(Groups groups, in TArgs args)
        {
            gpu.Starting(Name);
            bool fits = groups is { X: > 0, Y: > 0, Z: > 0 } && groups.Y <= gpu.Caps.MaxGridYZ && groups.Z <= gpu.Caps.MaxGridYZ;
            if (!fits) throw gpu.Failure($"kernel {Name} in {groups} groups, at most {gpu.Caps.MaxGridYZ} in y and z are possible");
            if (options.Cluster > 0 && groups.X % options.Cluster != 0)
                throw gpu.Failure($"kernel {Name} in {groups} groups, which clusters of {options.Cluster} do not divide");
            gpu._launches[(kernel, Threads)]++;
            gpu.TotalLaunches++;
        }
    }
}
