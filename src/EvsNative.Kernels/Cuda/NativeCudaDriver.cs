using System.Runtime.InteropServices;
using System.Text;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// The driver's own library, and nothing else of CUDA: it comes with every NVIDIA driver. Functions are found by name, so that a missing
/// library or function is a line for the user and not a crash. What came after CUDA 11.0 may be missing.
/// </summary>
internal sealed unsafe partial class NativeCudaDriver : ICudaDriver
{
    private const string Needed = "CUDA 11.0 (driver 450) or later is needed";
    private const int LongestName = 256;

    private readonly string _path;
    private readonly nint _library;

    private NativeCudaDriver(string path, nint library)
    {
        (_path, _library) = (path, library);
        if (!NativeLibrary.TryGetExport(library, "cuInit", out _))
            throw new DeviceException($"{path} is no CUDA driver: it has no function cuInit");
        FindDevices();
        FindMemory();
        FindModules();
        FindLaunches();
    }

    /// <summary>Loads the library, which <see cref="CudaLibrary"/> finds; it stays loaded, as drivers do not like to be unloaded.</summary>
    /// <param name="path">another library than the system's</param>
    /// <param name="named">what the user named; the environment's if absent</param>
    /// <exception cref="DeviceException">it is not there, is none, or is too old</exception>
    public static NativeCudaDriver Load(string? path = null, string? named = null)
    {
        named ??= Environment.GetEnvironmentVariable(CudaLibrary.Variable);
        string name = path ?? CudaLibrary.Find(named, () => NativeLibrary.TryLoad(CudaLibrary.Name, out _));
        string whose = path is null && !string.IsNullOrWhiteSpace(named) ? $" ({CudaLibrary.Variable} names it)" : "";
        try
        {
            nint library = NativeLibrary.Load(name);
            CudaLibrary.LoadCompanions(name);
            return new NativeCudaDriver(name + whose, library);
        }
        catch (DllNotFoundException e) when (IsAbsent(e, path))
        {
            const string Advice =
                "install the driver of the GPU's maker; a container is to be started with the host's GPUs (docker run --gpus all)";
            throw new DeviceException($"there is no NVIDIA driver, {name} was not found: {Advice}", e);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            string why = e.Message.ReplaceLineEndings(" ").Trim();
            throw new DeviceException($"the NVIDIA driver's library cannot be loaded, reinstall the driver{whose}: {why}", e);
        }
    }

    public string ErrorName(CudaResult result)
    {
        byte* text = null;
        return _errorName(result, &text) == CudaResult.Success && text != null ? Utf8(text) : $"CUDA error {(int)result}";
    }

    public string ErrorText(CudaResult result)
    {
        byte* text = null;
        return _errorText(result, &text) == CudaResult.Success && text != null ? Utf8(text) : "";
    }

    private static bool IsAbsent(DllNotFoundException e, string? path) => path is null
        ? e.Message.Contains("No such file", StringComparison.Ordinal) || OperatingSystem.IsWindows()
        : !File.Exists(path);

    private static string Utf8(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    private static string Utf8(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    /// <summary>A function that every driver must have.</summary>
    private void* Find(string name) => NativeLibrary.TryGetExport(_library, name, out nint address)
        ? (void*)address
        : throw new DeviceException($"the NVIDIA driver is too old, {_path} has no function {name}: {Needed}");

    /// <summary>A function that older drivers have not; null then.</summary>
    private void* TryFind(string name) => NativeLibrary.TryGetExport(_library, name, out nint address) ? (void*)address : null;
}
