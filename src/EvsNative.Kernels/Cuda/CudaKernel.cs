using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Cuda;

/// <summary>What a kernel needs beyond groups and threads.</summary>
/// <param name="SharedBytes">dynamic shared memory of a group; may exceed 48 KB where the device allows it</param>
/// <param name="MinGroups">groups that a multiprocessor is to hold at once, which bounds registers; 0 leaves it to the compiler</param>
/// <param name="Cluster">groups in x that share their shared memory (sm_90); 0 for none</param>
/// <param name="IsOverlapping">it may start while the kernel before it ends, and waits itself where it must (sm_90)</param>
internal readonly record struct CudaKernelOptions(int SharedBytes = 0, int MinGroups = 0, int Cluster = 0, bool IsOverlapping = false)
{
    /// <summary>As the driver takes them.</summary>
    public CudaLaunchAttribute[] Attributes()
    {
        List<CudaLaunchAttribute> attributes = [];
        if (Cluster > 0) attributes.Add(CudaLaunchAttribute.Cluster(Cluster));
        if (IsOverlapping) attributes.Add(CudaLaunchAttribute.Overlapping());
        return [.. attributes];
    }
}

/// <summary>A kernel in a loaded module.</summary>
internal sealed unsafe class CudaKernel<TArgs>(CudaGpu gpu, nint function, string name, int threads, CudaKernelOptions options)
    : GpuKernel<TArgs>(name, threads)
    where TArgs : struct
{
    private readonly CudaLaunchAttribute[] _attributes = options.Attributes();
    private readonly int _sharedBytes = options.SharedBytes;

    public override void Launch(Groups groups, in TArgs args)
    {
        int bytes = ArgumentPacking<TArgs>.Bytes;
        byte* arguments = stackalloc byte[bytes];
        ArgumentPacking<TArgs>.Write(args, arguments);
        gpu.Start(Name, function, new CudaLaunchShape(groups, Threads, _sharedBytes), _attributes, arguments, bytes);
    }
}
