using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EvsNative.Kernels.Gpu;
using ILGPU;
using ILGPU.Runtime.OpenCL;

namespace EvsNative.Kernels.OpenCL;

/// <summary>
/// Finds the system's OpenCL. ILGPU looks for <c>libOpenCL.so</c>, which only development packages bring, and refuses devices that do not
/// report a generic address space, although its optimised code needs none.
/// </summary>
internal static class OpenCLLibrary
{
    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    private static readonly Lazy<(nint Handle, string? Problem)> Loaded = new(Load);

    /// <summary>Why there is no OpenCL, in words for users; null if there is.</summary>
    public static string? Problem => Loaded.Value.Problem;

    /// <summary>A function of the library.</summary>
    /// <exception cref="DeviceException">there is no OpenCL, or it is broken</exception>
    public static nint Function(string name)
    {
        if (Problem is { } problem) throw new DeviceException(problem);
        return NativeLibrary.TryGetExport(Loaded.Value.Handle, name, out nint function) ? function
            : throw new DeviceException($"the OpenCL library has no {name}");
    }

    /// <summary>Opens a device in a context of ILGPU's, which the caller disposes of.</summary>
    public static CLAccelerator Open(Context context, OpenCLDevice device)
    {
        var opened = new CLDevice(device.Platform, device.Id);

        // Older PoCL has generic addresses and does not say so in the way that ILGPU asks.
        SetGenericAddressSpace(opened.Capabilities, true);
        return (CLAccelerator)opened.CreateAccelerator(context);
    }

    /// <summary>The error that began it.</summary>
    public static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e;
    }

    private static (nint, string?) Load()
    {
        nint handle = 0;
        string problem = $"OpenCL is not installed ({Names[0]} was not found)";
        foreach (string name in Names)
        {
            try
            {
                handle = NativeLibrary.Load(name);
                if (!NativeLibrary.TryGetExport(handle, "clGetPlatformIDs", out _)) (handle, problem) = (0, $"{name} is no OpenCL library");
                if (handle != 0) break;
            }
            catch (DllNotFoundException e) when (!e.Message.Contains("No such file", StringComparison.Ordinal))
            {
                problem = $"{name} cannot be loaded: {e.Message.ReplaceLineEndings(" ")}";
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                // The next name may be there.
            }
        }

        if (handle == 0) return (0, problem);
        NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, (name, _, _) => name == "OpenCL" ? handle : 0);
        return (handle, null);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_GenericAddressSpace")]
    private static extern void SetGenericAddressSpace(CLCapabilityContext capabilities, bool value);
}
