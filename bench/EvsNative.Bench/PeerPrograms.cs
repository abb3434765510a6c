using System.Diagnostics;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>The peers by name, and how each is started as who knows it well would start it: bench/peers/README.md has the reasons.</summary>
internal static class PeerPrograms
{
    public const string Ort = "ort", Torch = "torch";

    // glibc gives large blocks back to the system at every free, and each call then pays for touching them again.
    private static readonly (string Name, string Value)[] KeptMemory =
        [("MALLOC_MMAP_MAX_", "0"), ("MALLOC_TRIM_THRESHOLD_", "64000000000"), ("MALLOC_TOP_PAD_", "268435456")];

    /// <summary>All that can be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [Ort, Torch];

    /// <summary>Starts a peer; null, and a line that says what is missing, where it cannot run.</summary>
    public static Peer? Start(string name, int threads)
    {
        try
        {
            return name switch
            {
                Ort => Peer.Start(name, DotnetPeer(name, "ortpeer.dll", threads)),
                Torch => StartTorch(threads),
                _ => throw new InputException(InputCode.UnknownWord, $"--peer {name}: {string.Join(", ", Names)}"),
            };
        }
        catch (PeerException fault)
        {
            Console.WriteLine($"no {name}: {fault.Message}; its columns stay empty");
            return null;
        }
    }

    private static Peer? StartTorch(int threads)
    {
        if (Python.FindWithTorch() is { } python)
            return Peer.Start(Torch, WithKeptMemory(Python.Script(python, "bench/peers/torch_peer.py", $"{threads}")));
        Console.WriteLine(Python.Missing);
        return null;
    }

    /// <summary>Builds a peer that is a project of its own, outside the solution, and tells how it is started.</summary>
    private static ProcessStartInfo DotnetPeer(string folder, string assembly, int threads)
    {
        string project = RepositoryFile.Find($"bench/peers/{folder}/{folder}.csproj");
        Console.Error.WriteLine($"building {project}");
        var build = new ProcessStartInfo("dotnet", ["build", "-c", "Release", "-v", "quiet", "-nologo", project])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(build)!;
        string said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new PeerException($"bench/peers/{folder} does not build: {said.Trim().ReplaceLineEndings(" ")}");
        string program = Path.Combine(Path.GetDirectoryName(project)!, "bin", "Release", "net10.0", assembly);
        return WithKeptMemory(new ProcessStartInfo("dotnet", [program, $"{threads}"]));
    }

    private static ProcessStartInfo WithKeptMemory(ProcessStartInfo start)
    {
        foreach (var (name, value) in KeptMemory) start.Environment[name] = value;
        return start;
    }
}
