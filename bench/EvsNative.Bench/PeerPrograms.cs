using System.Diagnostics;
using EvsNative.Layers;

namespace EvsNative.Bench;

/// <summary>
/// The peers by name, and how each is started as who knows it well would start it: bench/peers/README.md has the reasons.
/// </summary>
internal static class PeerPrograms
{
    private const string Ort = "ort", Libtorch = "libtorch", Torch = "torch";

    // glibc gives large blocks back to the system at every free, and each call then pays for touching them again.
    private static readonly (string Name, string Value)[] KeptMemory =
        [("MALLOC_MMAP_MAX_", "0"), ("MALLOC_TRIM_THRESHOLD_", "64000000000"), ("MALLOC_TOP_PAD_", "268435456")];

    /// <summary>All that can be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [Ort, Libtorch, Torch];

    /// <summary>How a peer is started, after building what must be built.</summary>
    /// <param name="name">one of <see cref="Names"/></param>
    /// <param name="threads">its threads</param>
    /// <exception cref="PeerException">what is missing, where it cannot run</exception>
    /// <exception cref="InputException">no such peer</exception>
    public static ProcessStartInfo Find(string name, int threads)
    {
        var start = name switch
        {
            Ort => new ProcessStartInfo("dotnet", [DotnetPeer.Build(Ort), $"{threads}"]),
            Libtorch => LibtorchProgram.Find(threads),
            Torch => Python.Script(
                Python.FindWithTorch() ?? throw new PeerException(Python.Needed), "bench/peers/torch_peer.py", $"{threads}"),
            _ => throw new InputException(InputCode.UnknownWord, $"--peer {name}: {string.Join(", ", Names)}"),
        };
        foreach (var (variable, value) in KeptMemory) start.Environment[variable] = value;
        return start;
    }
}
