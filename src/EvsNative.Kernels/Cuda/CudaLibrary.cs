using System.Runtime.InteropServices;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// Where the driver's library is: what EVSNATIVE_CUDA names; else where the system's loader finds it; else where containers and WSL put it
/// without telling the loader.
/// </summary>
internal static class CudaLibrary
{
    /// <summary>Names the library, or the folder that it lies in.</summary>
    public const string Variable = "EVSNATIVE_CUDA";

    private static readonly string[] Folders =
        ["/usr/local/nvidia/lib64", "/usr/local/nvidia/lib", "/usr/lib/wsl/lib", "/run/opengl-driver/lib", "/usr/lib64/nvidia"];

    // The driver looks for its compiler by name when it first needs it. What is loaded already is found under its name wherever it lies.
    private static readonly string[] Companions = ["libnvidia-ptxjitcompiler.so.1", "libnvidia-nvvm.so.4"];

    /// <summary>The library's name for the system's loader.</summary>
    public static string Name => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>What to load, the first that is there. Paths are only of files that exist; the last is the loader's own search.</summary>
    /// <param name="named">what the user named, if anything</param>
    /// <param name="isThere">whether the loader finds its own</param>
    /// <param name="folders">where else to look; the known places if absent</param>
    /// <exception cref="DeviceException">what the user named is not there</exception>
    public static string Find(string? named, Func<bool> isThere, IEnumerable<string>? folders = null)
    {
        if (!string.IsNullOrWhiteSpace(named)) return Named(named);
        if (isThere() || OperatingSystem.IsWindows()) return Name;
        return (folders ?? Folders).Select(folder => Path.Combine(folder, Name)).FirstOrDefault(File.Exists) ?? Name;
    }

    /// <summary>Loads what stands beside a library that the loader's search does not reach.</summary>
    public static void LoadCompanions(string path)
    {
        if (Path.GetDirectoryName(path) is not { Length: > 0 } folder) return;
        foreach (string companion in Companions) NativeLibrary.TryLoad(Path.Combine(folder, companion), out _);
    }

    private static string Named(string named)
    {
        string path = Directory.Exists(named) ? Path.Combine(named, Name) : named;
        if (File.Exists(path)) return Path.GetFullPath(path);
        string what = path == named ? "there is no such file or folder" : $"there is no {Name} in that folder";
        throw new DeviceException($"{Variable} names '{named}': {what}; name the NVIDIA driver's {Name}, or leave {Variable} unset");
    }
}
