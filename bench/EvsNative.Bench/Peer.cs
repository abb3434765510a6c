using System.Diagnostics;
using System.Text.Json;

namespace EvsNative.Bench;

/// <summary>What the peer says about one request.</summary>
/// <param name="Seconds">of each repetition</param>
/// <param name="Variant">the form of the operation that was fastest</param>
internal sealed record PeerTimes(double[] Seconds, string Variant);

/// <summary>
/// PyTorch in a process of its own, which waits for requests and computes nothing meanwhile. See bench/peers/torch_peer.py.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process _process;

    private Peer(Process process, string description) => (_process, Description) = (process, description);

    /// <summary>Version, threads and kernels.</summary>
    public string Description { get; }

    /// <summary>Processor time that it has taken so far.</summary>
    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    /// <summary>Starts it and waits until it is ready.</summary>
    public static Peer Start(string python, int threads)
    {
        var process = Process.Start(Python.Script(python, "bench/peers/torch_peer.py", $"{threads}"))!;
        try
        {
            return new Peer(process, Answer(process).GetProperty("ready").GetString()!);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Runs an operation; its inputs are made at the first request and kept until <see cref="Drop"/>.</summary>
    /// <exception cref="PeerException">it cannot</exception>
    public PeerTimes Run(IReadOnlyDictionary<string, object> request, int repeats)
    {
        var answer = Ask(new Dictionary<string, object>(request) { ["repeats"] = repeats });
        return new PeerTimes([.. answer.GetProperty("seconds").EnumerateArray().Select(s => s.GetDouble())],
            answer.GetProperty("variant").GetString()!);
    }

    /// <summary>Lets it forget all inputs.</summary>
    public void Drop() => Ask(new Dictionary<string, object> { ["op"] = "drop" });

    /// <summary>Its loop ends with its input.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonElement Ask(Dictionary<string, object> request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _process.StandardInput.Flush();
        return Answer(_process);
    }

    private static JsonElement Answer(Process process)
    {
        string line = process.StandardOutput.ReadLine() ?? throw new PeerException("the peer ended: its complaint stands above");
        using var document = JsonDocument.Parse(line);
        var answer = document.RootElement.Clone();
        return answer.TryGetProperty("error", out var error) ? throw new PeerException(error.GetString()!) : answer;
    }
}

/// <summary>The peer cannot do what it was asked.</summary>
internal sealed class PeerException(string message) : Exception(message);
