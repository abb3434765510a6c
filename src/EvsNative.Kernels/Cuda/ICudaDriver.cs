namespace EvsNative.Kernels.Cuda;

/// <summary>What the driver's compiler said.</summary>
/// <param name="Errors">why it failed</param>
/// <param name="Information">warnings, registers, spills</param>
internal readonly record struct CudaJitLog(string Errors, string Information);

/// <summary>
/// The functions of CUDA's driver API that the program calls, one method each, with the results that they give. Handles are opaque; all
/// work goes to the stream that is passed. What an older driver lacks answers <see cref="CudaResult.NotSupported"/>.
/// </summary>
internal unsafe interface ICudaDriver
{
    CudaResult Init();

    /// <summary>1000 times major plus 10 times minor.</summary>
    CudaResult DriverVersion(out int version);

    CudaResult DeviceCount(out int count);

    CudaResult DeviceAt(int index, out int device);

    CudaResult DeviceName(int device, out string name);

    CudaResult DeviceAttribute(int device, CudaDeviceAttribute attribute, out int value);

    CudaResult DeviceMemory(int device, out long bytes);

    /// <summary>As nvidia-smi prints it.</summary>
    CudaResult DeviceUuid(int device, out string uuid);

    CudaResult PrimaryContextRetain(int device, out nint context);

    CudaResult PrimaryContextRelease(int device);

    /// <summary>For the calling thread.</summary>
    CudaResult SetCurrentContext(nint context);

    /// <summary>Of the current context's device.</summary>
    CudaResult MemoryInfo(out long free, out long total);

    /// <summary>A stream that does not wait for the null stream.</summary>
    CudaResult StreamCreate(out nint stream);

    CudaResult StreamDestroy(nint stream);

    CudaResult StreamSynchronize(nint stream);

    /// <param name="isTimed">false makes it cheaper</param>
    /// <param name="created">the event</param>
    CudaResult EventCreate(bool isTimed, out nint created);

    CudaResult EventRecord(nint recorded, nint stream);

    CudaResult EventSynchronize(nint awaited);

    CudaResult EventElapsed(nint start, nint end, out float milliseconds);

    CudaResult EventDestroy(nint destroyed);

    CudaResult MemoryAllocate(long bytes, out nint address);

    CudaResult MemoryFree(nint address);

    CudaResult MemoryAllocateAsync(long bytes, nint stream, out nint address);

    CudaResult MemoryFreeAsync(nint address, nint stream);

    CudaResult DefaultPool(int device, out nint pool);

    CudaResult PoolGet(nint pool, CudaPoolAttribute attribute, out ulong value);

    CudaResult PoolSet(nint pool, CudaPoolAttribute attribute, ulong value);

    /// <summary>Gives unused memory back to the system until this much is kept.</summary>
    CudaResult PoolTrim(nint pool, long keptBytes);

    /// <summary>Memory of the host that the device reads by itself.</summary>
    CudaResult HostAllocate(long bytes, out nint address);

    CudaResult HostFree(nint address);

    CudaResult CopyToDevice(nint target, void* source, long bytes, nint stream);

    CudaResult CopyToHost(void* target, nint source, long bytes, nint stream);

    CudaResult Fill(nint target, byte value, long bytes, nint stream);

    /// <param name="image">machine code, or PTX with a zero at its end</param>
    /// <param name="module">the module</param>
    /// <param name="log">what the compiler said about PTX</param>
    CudaResult ModuleLoad(ReadOnlySpan<byte> image, out nint module, out CudaJitLog log);

    CudaResult ModuleUnload(nint module);

    CudaResult ModuleFunction(nint module, string name, out nint function);

    CudaResult FunctionGet(nint function, CudaFunctionAttribute attribute, out int value);

    CudaResult FunctionSet(nint function, CudaFunctionAttribute attribute, int value);

    CudaResult LinkCreate(out nint link);

    /// <summary>Compiles PTX, with a zero at its end.</summary>
    CudaResult LinkAddPtx(nint link, ReadOnlySpan<byte> ptx, string name);

    /// <summary>The machine code; the link owns it.</summary>
    CudaResult LinkComplete(nint link, out nint image, out long bytes);

    CudaResult LinkDestroy(nint link);

    /// <param name="function">the kernel</param>
    /// <param name="shape">groups and threads</param>
    /// <param name="stream">where</param>
    /// <param name="arguments">the parameters as the kernel's code lays them out; read before the call returns</param>
    /// <param name="bytes">of them</param>
    CudaResult Launch(nint function, CudaLaunchShape shape, nint stream, void* arguments, int bytes);

    /// <summary>The same, with attributes.</summary>
    CudaResult LaunchWith(ReadOnlySpan<CudaLaunchAttribute> attributes, nint function, CudaLaunchShape shape, nint stream,
        void* arguments, int bytes);

    /// <summary>
    /// From here on the stream's work is recorded instead of done; the calling thread may call nothing that cannot be recorded.
    /// </summary>
    CudaResult CaptureBegin(nint stream);

    /// <summary>The record; none, with an error, if something broke it.</summary>
    CudaResult CaptureEnd(nint stream, out nint graph);

    CudaResult GraphInstantiate(nint graph, out nint executable);

    CudaResult GraphLaunch(nint executable, nint stream);

    CudaResult GraphDestroy(nint graph);

    CudaResult GraphExecutableDestroy(nint executable);

    /// <summary>Such as CUDA_ERROR_OUT_OF_MEMORY.</summary>
    string ErrorName(CudaResult result);

    /// <summary>In the driver's words; empty where it knows none.</summary>
    string ErrorText(CudaResult result);
}
