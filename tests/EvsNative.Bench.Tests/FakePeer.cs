using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EvsNative.Bench.Tests;

/// <summary>
/// A peer of a few lines of shell: it says that each call took a quarter of a second, and gives the numbers of a file as its results.
/// </summary>
internal sealed class FakePeer : IDisposable
{
    private const string Script = """
        echo '{"ready":"fake 1.0"}'
        while read -r line; do
            case "$line" in
                *'"drop"'*) echo '{}' ;;
                *'"warp"'*) echo '{"error":"no operation warp"}' ;;
                *'"quit"'*) exit 1 ;;
                *)
                    path=$(printf '%s' "$line" | sed -n 's/.*"write":"\([^"]*\)".*/\1/p')
                    [ -z "$path" ] || cp "$1" "$path"
                    echo '{"seconds":[0.25,0.5,0.25],"processor":2,"variant":"fake form"}' ;;
            esac
        done
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("evsnative-fake-peer").FullName;

    /// <param name="name">as the bench knows it</param>
    /// <param name="numbers">its results, whatever it is asked</param>
    public FakePeer(string name, params float[] numbers)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The fake peer is a script of the shell.");
        string path = Path.Combine(_folder, "numbers.f32");
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(numbers.AsSpan()));
        Peer = Peer.Start(name, new ProcessStartInfo("/bin/sh", ["-c", Script, "fake", path]));
    }

    public Peer Peer { get; }

    public void Dispose()
    {
        Peer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
