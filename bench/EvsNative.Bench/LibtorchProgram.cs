using System.Diagnostics;
using System.Globalization;

namespace EvsNative.Bench;

/// <summary>
/// How libtorch is started: here, or in a folder with a newer system where this one's libraries are too old for it; and with MKL's fastest
/// code path, which on processors of another maker than Intel it must be talked into.
/// </summary>
internal static class LibtorchProgram
{
    /// <summary>Names a folder made by bench/peers/newer-system.sh.</summary>
    public const string NewerSystem = "EVSNATIVE_NEWER_SYSTEM";

    private const string Script = "bench/peers/newer-system.sh", Preload = "LD_PRELOAD";

    /// <summary>Builds it, tries what runs and what is fastest.</summary>
    /// <exception cref="PeerException">what is missing</exception>
    public static ProcessStartInfo Find(int threads)
    {
        string program = DotnetPeer.Build("libtorch", "linux-x64");
        string[] command = ["dotnet", program, $"{threads}"];
        if (Rate(command, null) is not { } own)
        {
            if (Environment.GetEnvironmentVariable(NewerSystem) is not { Length: > 0 } folder)
            {
                throw new PeerException($"libtorch does not start with this system's libraries (it needs GCC 13's, GLIBCXX_3.4.32): make a "
                    + $"folder with a newer system by 'bash {Script} make FOLDER' and name it in {NewerSystem}");
            }

            command = ["bash", RepositoryFile.Find(Script), "run", folder, .. command];
            own = Rate(command, null)
                ?? throw new PeerException(
                    $"libtorch does not start in {folder} either: 'bash {Script} run {folder} dotnet {program} 1 rate' says why");
        }

        string? intel = Intel(Path.GetDirectoryName(program)!);
        double told = intel is null ? 0 : Rate(command, intel) ?? 0;
        string compiled = intel is null ? ", no cc to tell MKL that the processor is Intel's" : $", told that it is Intel's {told:F0}";
        Console.WriteLine($"libtorch: GFLOP/s of a product by MKL's own choice {own:F0}{compiled}");
        return Start(command, told > own ? intel : null);
    }

    /// <summary>GFLOP/s of a product; null if it does not run.</summary>
    private static double? Rate(string[] command, string? preload)
    {
        var (code, said) = DotnetPeer.Run(Start([.. command, "rate"], preload));
        return code == 0 ? double.Parse(said, CultureInfo.InvariantCulture) : null;
    }

    private static ProcessStartInfo Start(string[] command, string? preload)
    {
        var start = new ProcessStartInfo(command[0], command[1..]);
        if (preload is not null) start.Environment[Preload] = preload;
        return start;
    }

    /// <summary>The library that answers MKL's question, compiled beside the program; null where there is no compiler.</summary>
    private static string? Intel(string folder)
    {
        string library = Path.Combine(folder, "libintel.so");
        string source = RepositoryFile.Find("bench/peers/libtorch/intel.c");
        return DotnetPeer.Run(new ProcessStartInfo("cc", ["-O2", "-shared", "-fPIC", "-o", library, source])).Code == 0 ? library : null;
    }
}
