using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EvsNative.Bench;

/// <summary>The bench started once more, in a process of its own.</summary>
internal static class OwnProgram
{
    /// <summary>
    /// The host that runs this very program: the folder of the framework (Microsoft.NETCore.App, its version) lies three folders below it.
    /// </summary>
    public static string Host { get; } = Path.GetFullPath(Path.Combine(
        RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>With these words on the command line.</summary>
    public static ProcessStartInfo Start(params string[] words) =>
        new(Host, [Path.Combine(AppContext.BaseDirectory, "EvsNative.Bench.dll"), .. words]);
}
