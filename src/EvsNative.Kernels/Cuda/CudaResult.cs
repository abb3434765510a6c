namespace EvsNative.Kernels.Cuda;

/// <summary>CUresult, as far as the program tells its values apart. Source: cuda.h.</summary>
internal enum CudaResult
{
    Success = 0,
    InvalidValue = 1,
    OutOfMemory = 2,
    NotInitialised = 3,
    Deinitialised = 4,
    StubLibrary = 34,
    DeviceUnavailable = 46,
    NoDevice = 100,
    InvalidDevice = 101,
    InvalidImage = 200,
    InvalidContext = 201,
    NoBinaryForGpu = 209,
    UncorrectableMemory = 214,
    InvalidPtx = 218,
    NvlinkUncorrectable = 220,
    JitCompilerNotFound = 221,
    UnsupportedPtxVersion = 222,
    InvalidHandle = 400,
    NotFound = 500,
    NotReady = 600,
    IllegalAddress = 700,
    LaunchOutOfResources = 701,
    LaunchTimeout = 702,
    ContextIsDestroyed = 709,
    Assert = 710,
    HardwareStackError = 714,
    IllegalInstruction = 715,
    MisalignedAddress = 716,
    InvalidAddressSpace = 717,
    InvalidProgramCounter = 718,
    LaunchFailed = 719,
    NotPermitted = 800,
    NotSupported = 801,
    SystemNotReady = 802,
    SystemDriverMismatch = 803,
    CompatNotSupported = 804,
    CaptureUnsupported = 900,
    CaptureInvalidated = 901,
    Unknown = 999,
}

/// <summary>What results mean.</summary>
internal static class CudaResults
{
    /// <summary>True for errors that leave a context in which nothing works any more.</summary>
    public static bool IsFatal(this CudaResult result) => result
        is CudaResult.Deinitialised or CudaResult.UncorrectableMemory or CudaResult.NvlinkUncorrectable
        or CudaResult.IllegalAddress or CudaResult.LaunchTimeout or CudaResult.ContextIsDestroyed or CudaResult.Assert
        or (>= CudaResult.HardwareStackError and <= CudaResult.LaunchFailed) or CudaResult.Unknown;

    /// <summary>What to do about an error that is the system's and not ours; null where the driver's words have to do.</summary>
    public static string? Advice(this CudaResult result) => result switch
    {
        CudaResult.DeviceUnavailable =>
            "another process has the GPU for itself: end it, choose another device, or ask for the mode that shares it (nvidia-smi -c 0)",
        CudaResult.SystemNotReady =>
            "the system is not ready for its GPUs: where they are joined by NVSwitch the fabric manager must run "
            + "(systemctl status nvidia-fabricmanager), and fit the driver",
        CudaResult.SystemDriverMismatch or CudaResult.CompatNotSupported =>
            "the NVIDIA driver's library and its kernel module are of different versions: restart the machine after a driver's update; "
            + "a container must use the host's libcuda",
        _ => null,
    };

    /// <summary>Name and explanation in the driver's words, and what to do where that is known.</summary>
    public static string Describe(this ICudaDriver driver, CudaResult result)
    {
        string name = driver.ErrorName(result), text = driver.ErrorText(result);
        string said = text.Length > 0 ? $"{name}, {text}" : name;
        return result.Advice() is { } advice ? $"{said}: {advice}" : said;
    }
}
