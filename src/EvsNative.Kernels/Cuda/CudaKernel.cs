using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cuda;

/// <summary>A kernel in a loaded module.</summary>
internal sealed unsafe class CudaKernel<TArgs>(CudaGpu gpu, nint function, string name, int threads, GpuKernelOptions options)
    : GpuKernel<TArgs>(name, threads)
    where TArgs : struct
{
    private readonly CudaLaunchAttribute[] _attributes = Attributes(options, gpu.Caps);
    private readonly int _sharedBytes = options.SharedBytes;

    public override void Launch(Groups groups, in TArgs args)
    {
        int bytes = ArgumentPacking<TArgs>.Bytes;
        byte* arguments = stackalloc byte[bytes];
        ArgumentPacking<TArgs>.Write(args, arguments);
        gpu.Start(Name, function, new CudaLaunchShape(groups, Threads, _sharedBytes), _attributes, arguments, bytes);
    }

    /// <summary>As the driver takes them.</summary>
    private static CudaLaunchAttribute[] Attributes(GpuKernelOptions options, GpuCaps caps)
    {
        List<CudaLaunchAttribute> attributes = [];
        if (options.Cluster > 0) attributes.Add(CudaLaunchAttribute.Cluster(options.Cluster));
        if (options.IsOverlapping && caps.Sm >= GpuKernelOptions.ClusterSm) attributes.Add(CudaLaunchAttribute.Overlapping());
        return [.. attributes];
    }
}
