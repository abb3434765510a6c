using System.Text.RegularExpressions;

namespace EvsNative.Kernels.Cuda;

/// <summary>
/// The driver's own version, such as 580.159.04, as its kernel module tells it. The driver's API tells only CUDA's, which stays the same
/// while the compiler of machine code is repaired.
/// </summary>
internal static partial class CudaDriverVersion
{
    private const string LinuxModule = "/proc/driver/nvidia/version";

    /// <summary>Empty where the system does not tell it: then CUDA's version has to do.</summary>
    /// <param name="path">another file than the system's</param>
    public static string Read(string path = LinuxModule)
    {
        try
        {
            return File.Exists(path) ? Of(File.ReadLines(path).FirstOrDefault("")) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The version in the file's first line.</summary>
    internal static string Of(string line) => Version().Match(line).Value;

    [GeneratedRegex(@"(?<![\w.])\d+(\.\d+)+(?![\w.])", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
