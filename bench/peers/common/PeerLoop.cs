using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EvsNative.Peers;

/// <summary>
/// A peer's side of the bench's protocol (see bench/peers/README.md): one JSON request a line, one JSON answer a line. Of an operation's
/// forms the fastest is found at the first request and kept. Nothing is computed while it waits for a line.
/// </summary>
/// <param name="formsOf">the forms of a request</param>
internal sealed class PeerLoop(Func<PeerRequest, IReadOnlyList<Form>> formsOf)
{
    // A form that takes so long is timed once.
    private const double LongSeconds = 1;
    private const int Trials = 5;

    // Libraries add their whole stack to a complaint.
    private const int MostLetters = 300;

    private readonly Dictionary<string, (string Variant, IPreparedCall Call)> _kept = [];

    /// <summary>Answers on the standard output until the standard input ends.</summary>
    /// <param name="ready">what the bench prints of this peer</param>
    public void Run(string ready)
    {
        // A library that prints must not break the protocol.
        using var answers = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Console.SetOut(Console.Error);
        Run(ready, Console.In, answers);
    }

    /// <summary>Answers until there is no line left.</summary>
    public void Run(string ready, TextReader requests, TextWriter answers)
    {
        void Say(object answer) => answers.WriteLine(JsonSerializer.Serialize(answer));
        Say(new { ready });
        while (requests.ReadLine() is { } line)
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                Say(Answer(new PeerRequest(document.RootElement)));
            }
            catch (Exception fault)
            {
                Say(new { error = Complaint(fault) });
            }
        }
    }

    private object Answer(PeerRequest request)
    {
        if (request.Operation == "drop")
        {
            Drop();
            return new { };
        }

        if (!_kept.TryGetValue(request.Key, out var made))
        {
            made = Fastest(formsOf(request), request.Text("variant"));
            _kept[request.Key] = made;
            made.Call.Run();
        }

        var before = Environment.CpuUsage.TotalTime;
        double[] seconds = [.. Enumerable.Range(0, (int)request.Number("repeats", 1)).Select(_ => Seconds(made.Call))];
        double processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        if (request.Text("write") is { } path) File.WriteAllBytes(path, MemoryMarshal.AsBytes(made.Call.Results().AsSpan()));
        return new { seconds, processor, variant = made.Variant };
    }

    private void Drop()
    {
        foreach (var (_, call) in _kept.Values) call.Dispose();
        _kept.Clear();
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static (string Variant, IPreparedCall Call) Fastest(IReadOnlyList<Form> forms, string? wanted)
    {
        var tried = forms.Where(form => wanted is null || form.Name == wanted).ToList();
        if (tried is [var only]) return (only.Name, only.Make());
        var times = new List<(Form Form, double Seconds)>();
        Exception? last = null;
        foreach (var form in tried)
        {
            // A form that does not run here is no form; if none does, the last one's complaint is the answer.
            try
            {
                using var call = form.Make();
                double first = Seconds(call);
                times.Add((form, first < LongSeconds ? Enumerable.Range(0, Trials).Min(_ => Seconds(call)) : Seconds(call)));
            }
            catch (Exception fault)
            {
                last = fault;
                Console.Error.WriteLine($"{form.Name}: {Complaint(fault)}");
            }
        }

        if (times.Count == 0) throw last ?? new NotSupportedException($"no form {wanted}");
        var best = times.MinBy(time => time.Seconds).Form;
        return (best.Name, best.Make());
    }

    private static string Complaint(Exception fault)
    {
        string line = $"{fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}";
        // TorchScript says first where it was, then what was wrong.
        int at = Math.Max(line.IndexOf("RuntimeError: ", StringComparison.Ordinal), 0);
        return line[at..Math.Min(line.Length, at + MostLetters)];
    }

    private static double Seconds(IPreparedCall call)
    {
        long start = Stopwatch.GetTimestamp();
        call.Run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
