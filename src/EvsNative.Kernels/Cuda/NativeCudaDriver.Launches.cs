using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Cuda;

/// <content>Launches and graphs.</content>
internal sealed unsafe partial class NativeCudaDriver
{
    // CU_LAUNCH_PARAM_BUFFER_POINTER, _SIZE and _END of cuda.h.
    private const nint BufferPointer = 1, BufferSize = 2;

    // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL: other devices' threads may allocate meanwhile.
    private const int ThreadLocal = 1;

    private delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, CudaResult> _launch;
    private delegate* unmanaged<LaunchConfiguration*, nint, void**, void**, CudaResult> _launchWith;
    private delegate* unmanaged<nint, int, CudaResult> _captureBegin;
    private delegate* unmanaged<nint, nint*, CudaResult> _captureEnd;
    private delegate* unmanaged<nint*, nint, ulong, CudaResult> _graphInstantiate;
    private delegate* unmanaged<nint, nint, CudaResult> _graphLaunch;
    private delegate* unmanaged<nint, CudaResult> _graphDestroy, _graphExecutableDestroy;

    public CudaResult Launch(nint function, CudaLaunchShape shape, nint stream, void* arguments, int bytes)
    {
        nint size = bytes;
        void** extra = stackalloc void*[] { (void*)BufferPointer, arguments, (void*)BufferSize, &size, null };
        var (x, y, z) = shape.Groups;
        return _launch(function, (uint)x, (uint)y, (uint)z, (uint)shape.Threads, 1, 1, (uint)shape.SharedBytes, stream, null, extra);
    }

    public CudaResult LaunchWith(
        ReadOnlySpan<CudaLaunchAttribute> attributes, nint function, CudaLaunchShape shape, nint stream, void* arguments, int bytes)
    {
        if (_launchWith == null) return CudaResult.NotSupported;
        nint size = bytes;
        void** extra = stackalloc void*[] { (void*)BufferPointer, arguments, (void*)BufferSize, &size, null };
        fixed (CudaLaunchAttribute* first = attributes)
        {
            var (x, y, z) = shape.Groups;
            var configuration = new LaunchConfiguration
            {
                GroupsX = (uint)x,
                GroupsY = (uint)y,
                GroupsZ = (uint)z,
                ThreadsX = (uint)shape.Threads,
                ThreadsY = 1,
                ThreadsZ = 1,
                SharedBytes = (uint)shape.SharedBytes,
                Stream = stream,
                Attributes = first,
                AttributeCount = (uint)attributes.Length,
            };
            return _launchWith(&configuration, function, null, extra);
        }
    }

    public CudaResult CaptureBegin(nint stream) => _captureBegin(stream, ThreadLocal);

    public CudaResult CaptureEnd(nint stream, out nint graph)
    {
        fixed (nint* to = &graph) return _captureEnd(stream, to);
    }

    public CudaResult GraphInstantiate(nint graph, out nint executable)
    {
        executable = 0;
        if (_graphInstantiate == null) return CudaResult.NotSupported;
        fixed (nint* to = &executable) return _graphInstantiate(to, graph, 0);
    }

    public CudaResult GraphLaunch(nint executable, nint stream) => _graphLaunch(executable, stream);

    public CudaResult GraphDestroy(nint graph) => _graphDestroy(graph);

    public CudaResult GraphExecutableDestroy(nint executable) => _graphExecutableDestroy(executable);

    private void FindLaunches()
    {
        _launch =
            (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, CudaResult>)Find("cuLaunchKernel");
        _captureBegin = (delegate* unmanaged<nint, int, CudaResult>)Find("cuStreamBeginCapture_v2");
        _captureEnd = (delegate* unmanaged<nint, nint*, CudaResult>)Find("cuStreamEndCapture");
        _graphLaunch = (delegate* unmanaged<nint, nint, CudaResult>)Find("cuGraphLaunch");
        _graphDestroy = (delegate* unmanaged<nint, CudaResult>)Find("cuGraphDestroy");
        _graphExecutableDestroy = (delegate* unmanaged<nint, CudaResult>)Find("cuGraphExecDestroy");
        _launchWith = (delegate* unmanaged<LaunchConfiguration*, nint, void**, void**, CudaResult>)TryFind("cuLaunchKernelEx");
        _graphInstantiate = (delegate* unmanaged<nint*, nint, ulong, CudaResult>)TryFind("cuGraphInstantiateWithFlags");
    }

    /// <summary>CUlaunchConfig.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LaunchConfiguration
    {
        public uint GroupsX, GroupsY, GroupsZ, ThreadsX, ThreadsY, ThreadsZ, SharedBytes;
        public nint Stream;
        public CudaLaunchAttribute* Attributes;
        public uint AttributeCount;
    }
}
