namespace EvsNative.Kernels.Cuda;

/// <content>Devices, contexts, streams, events.</content>
internal sealed unsafe partial class NativeCudaDriver
{
    private const uint NonBlocking = 1, WithoutTiming = 2;

    private delegate* unmanaged<CudaResult, byte**, CudaResult> _errorName, _errorText;
    private delegate* unmanaged<uint, CudaResult> _init;
    private delegate* unmanaged<int*, CudaResult> _driverVersion, _deviceCount;
    private delegate* unmanaged<int*, int, CudaResult> _deviceAt;
    private delegate* unmanaged<byte*, int, int, CudaResult> _deviceName;
    private delegate* unmanaged<int*, CudaDeviceAttribute, int, CudaResult> _deviceAttribute;
    private delegate* unmanaged<nuint*, int, CudaResult> _deviceMemory;
    private delegate* unmanaged<byte*, int, CudaResult> _deviceUuid, _partUuid;
    private delegate* unmanaged<nint*, int, CudaResult> _contextRetain;
    private delegate* unmanaged<int, CudaResult> _contextRelease;
    private delegate* unmanaged<nint, CudaResult> _setCurrent, _streamDestroy, _streamSynchronize, _eventSynchronize, _eventDestroy;
    private delegate* unmanaged<nint*, uint, CudaResult> _streamCreate, _eventCreate;
    private delegate* unmanaged<nint, nint, CudaResult> _eventRecord;
    private delegate* unmanaged<float*, nint, nint, CudaResult> _eventElapsed;

    public CudaResult Init() => _init(0);

    public CudaResult DriverVersion(out int version)
    {
        fixed (int* to = &version) return _driverVersion(to);
    }

    public CudaResult DeviceCount(out int count)
    {
        fixed (int* to = &count) return _deviceCount(to);
    }

    public CudaResult DeviceAt(int index, out int device)
    {
        fixed (int* to = &device) return _deviceAt(to, index);
    }

    public CudaResult DeviceName(int device, out string name)
    {
        byte* text = stackalloc byte[LongestName];
        *text = 0;
        var result = _deviceName(text, LongestName, device);
        name = Utf8(new ReadOnlySpan<byte>(text, LongestName));
        return result;
    }

    public CudaResult DeviceAttribute(int device, CudaDeviceAttribute attribute, out int value)
    {
        fixed (int* to = &value) return _deviceAttribute(to, attribute, device);
    }

    public CudaResult DeviceMemory(int device, out long bytes)
    {
        nuint size = 0;
        var result = _deviceMemory(&size, device);
        bytes = (long)size;
        return result;
    }

    public CudaResult DeviceUuid(int device, out string uuid)
    {
        byte* bytes = stackalloc byte[16], part = stackalloc byte[16];
        var result = _deviceUuid(bytes, device);
        var whole = new Guid(new ReadOnlySpan<byte>(bytes, 16), bigEndian: true);

        // Of a part of a GPU (MIG) the first function gives the GPU's name, the second its own.
        bool isKnown = result == CudaResult.Success && _partUuid != null && _partUuid(part, device) == CudaResult.Success;
        var own = isKnown ? new Guid(new ReadOnlySpan<byte>(part, 16), bigEndian: true) : whole;
        uuid = own == whole ? $"GPU-{whole}" : $"MIG-{own}";
        return result;
    }

    public CudaResult PrimaryContextRetain(int device, out nint context)
    {
        fixed (nint* to = &context) return _contextRetain(to, device);
    }

    public CudaResult PrimaryContextRelease(int device) => _contextRelease(device);

    public CudaResult SetCurrentContext(nint context) => _setCurrent(context);

    public CudaResult StreamCreate(out nint stream)
    {
        fixed (nint* to = &stream) return _streamCreate(to, NonBlocking);
    }

    public CudaResult StreamDestroy(nint stream) => _streamDestroy(stream);

    public CudaResult StreamSynchronize(nint stream) => _streamSynchronize(stream);

    public CudaResult EventCreate(bool isTimed, out nint created)
    {
        fixed (nint* to = &created) return _eventCreate(to, isTimed ? 0 : WithoutTiming);
    }

    public CudaResult EventRecord(nint recorded, nint stream) => _eventRecord(recorded, stream);

    public CudaResult EventSynchronize(nint awaited) => _eventSynchronize(awaited);

    public CudaResult EventElapsed(nint start, nint end, out float milliseconds)
    {
        fixed (float* to = &milliseconds) return _eventElapsed(to, start, end);
    }

    public CudaResult EventDestroy(nint destroyed) => _eventDestroy(destroyed);

    private void FindDevices()
    {
        _errorName = (delegate* unmanaged<CudaResult, byte**, CudaResult>)Find("cuGetErrorName");
        _errorText = (delegate* unmanaged<CudaResult, byte**, CudaResult>)Find("cuGetErrorString");
        _init = (delegate* unmanaged<uint, CudaResult>)Find("cuInit");
        _driverVersion = (delegate* unmanaged<int*, CudaResult>)Find("cuDriverGetVersion");
        _deviceCount = (delegate* unmanaged<int*, CudaResult>)Find("cuDeviceGetCount");
        _deviceAt = (delegate* unmanaged<int*, int, CudaResult>)Find("cuDeviceGet");
        _deviceName = (delegate* unmanaged<byte*, int, int, CudaResult>)Find("cuDeviceGetName");
        _deviceAttribute = (delegate* unmanaged<int*, CudaDeviceAttribute, int, CudaResult>)Find("cuDeviceGetAttribute");
        _deviceMemory = (delegate* unmanaged<nuint*, int, CudaResult>)Find("cuDeviceTotalMem_v2");
        _deviceUuid = (delegate* unmanaged<byte*, int, CudaResult>)Find("cuDeviceGetUuid");
        _partUuid = (delegate* unmanaged<byte*, int, CudaResult>)TryFind("cuDeviceGetUuid_v2");
        _contextRetain = (delegate* unmanaged<nint*, int, CudaResult>)Find("cuDevicePrimaryCtxRetain");
        _contextRelease = (delegate* unmanaged<int, CudaResult>)Find("cuDevicePrimaryCtxRelease_v2");
        _setCurrent = (delegate* unmanaged<nint, CudaResult>)Find("cuCtxSetCurrent");
        _streamCreate = (delegate* unmanaged<nint*, uint, CudaResult>)Find("cuStreamCreate");
        _streamDestroy = (delegate* unmanaged<nint, CudaResult>)Find("cuStreamDestroy_v2");
        _streamSynchronize = (delegate* unmanaged<nint, CudaResult>)Find("cuStreamSynchronize");
        _eventCreate = (delegate* unmanaged<nint*, uint, CudaResult>)Find("cuEventCreate");
        _eventRecord = (delegate* unmanaged<nint, nint, CudaResult>)Find("cuEventRecord");
        _eventSynchronize = (delegate* unmanaged<nint, CudaResult>)Find("cuEventSynchronize");
        _eventElapsed = (delegate* unmanaged<float*, nint, nint, CudaResult>)Find("cuEventElapsedTime");
        _eventDestroy = (delegate* unmanaged<nint, CudaResult>)Find("cuEventDestroy_v2");
    }
}
