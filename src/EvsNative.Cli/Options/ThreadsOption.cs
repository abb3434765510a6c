using System.CommandLine;
using EvsNative.Layers;

namespace EvsNative.Cli;

/// <summary><c>--threads</c>: how many threads compute. No result depends on it.</summary>
internal static class ThreadsOption
{
    private const int Most = 1024;

    public static Option<int?> Create() => new("--threads") { Description = $"threads, 1 to {Most}; as many as the process may use unless given, or 0" };

    /// <summary>The number of threads. What the process may use follows its processor affinity and its container's limit.</summary>
    /// <exception cref="InputException">no number of threads</exception>
    public static int Read(int? said) => said switch
    {
        null or 0 => Environment.ProcessorCount,
        > 0 and <= Most => said.Value,
        _ => throw new InputException($"--threads {said}: 1 to {Most}, or 0 for as many as the process may use"),
    };
}
