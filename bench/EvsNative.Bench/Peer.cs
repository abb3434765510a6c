using System.Diagnostics;
using System.Text.Json;

namespace EvsNative.Bench;

/// <summary>What a peer says about one request.</summary>
/// <param name="Seconds">of each repetition</param>
/// <param name="ProcessorSeconds">of all its threads, for all repetitions together</param>
/// <param name="Variant">the form of the operation that was fastest</param>
internal sealed record PeerTimes(double[] Seconds, double ProcessorSeconds, string Variant);

/// <summary>
/// Another program that computes the same, in a process of its own, which waits for requests and computes nothing meanwhile. The protocol
/// is that of bench/peers/README.md.
/// </summary>
internal sealed class Peer : IDisposable
{
    private const string Gone = "the peer ended: its complaint, if it had time for one, stands above";

    private readonly ProcessStartInfo _start;
    private readonly Process _process;

    private Peer(ProcessStartInfo start, Process process, string name, string description) =>
        (_start, _process, Name, Description) = (start, process, name, description);

    /// <summary>One of <see cref="PeerPrograms.Names"/>.</summary>
    public string Name { get; }

    /// <summary>Version, threads and kernels.</summary>
    public string Description { get; }

    /// <summary>Processor time that it has taken so far.</summary>
    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    /// <summary>Most memory that it ever had resident, bytes; 0 where the system does not tell.</summary>
    public long PeakBytes => ChildRun.PeakOf(_process.Id);

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="PeerException">it ended instead</exception>
    public static Peer Start(string name, ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        var process = Process.Start(start)!;
        try
        {
            return new Peer(start, process, name, Answer(process).GetProperty("ready").GetString()!);
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    /// <summary>The same program in another process, which knows nothing yet.</summary>
    public Peer StartAnother() => Start(Name, _start);

    /// <summary>Runs an operation; its inputs are made at the first request and kept until <see cref="Drop"/>.</summary>
    /// <param name="request">the operation</param>
    /// <param name="repeats">how often</param>
    /// <param name="write">a file for the results, float32 in PyTorch's order</param>
    /// <param name="variant">the only form to be tried; all of them unless given</param>
    /// <exception cref="PeerException">it cannot</exception>
    public PeerTimes Run(IReadOnlyDictionary<string, object> request, int repeats, string? write = null, string? variant = null)
    {
        var asked = new Dictionary<string, object>(request) { ["repeats"] = repeats };
        if (write is not null) asked["write"] = write;
        if (variant is not null) asked["variant"] = variant;
        var answer = Ask(asked);
        return new PeerTimes(
            [.. answer.GetProperty("seconds").EnumerateArray().Select(s => s.GetDouble())], answer.GetProperty("processor").GetDouble(),
            answer.GetProperty("variant").GetString()!);
    }

    /// <summary>Lets it forget all inputs.</summary>
    public void Drop() => Ask(new Dictionary<string, object> { ["op"] = "drop" });

    /// <summary>Its loop ends with its input.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already, before it read all that was written.
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonElement Ask(Dictionary<string, object> request)
    {
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw new PeerException(Gone);
        }

        return Answer(_process);
    }

    private static JsonElement Answer(Process process)
    {
        string line = process.StandardOutput.ReadLine() ?? throw new PeerException(Gone);
        using var document = JsonDocument.Parse(line);
        var answer = document.RootElement.Clone();
        return answer.TryGetProperty("error", out var error) ? throw new PeerException(error.GetString()!) : answer;
    }
}

/// <summary>The peer cannot do what it was asked.</summary>
internal sealed class PeerException(string message) : Exception(message);
