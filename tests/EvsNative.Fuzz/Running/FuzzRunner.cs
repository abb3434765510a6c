using System.Diagnostics;
using EvsNative.Fuzz.Mutation;

namespace EvsNative.Fuzz.Running;

/// <summary>
/// Runs the cases of a parser on a thread of its own, watched by the caller's: a case that hangs is a finding, its thread is left behind,
/// and another goes on with the next case.
/// </summary>
/// <param name="target">the parser</param>
/// <param name="onFinding">told of the first case of each kind of finding, as soon as it is found</param>
internal sealed class FuzzRunner(FuzzTarget target, Action<Finding>? onFinding = null)
{
    private const int MostHangs = 3;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly Lock _ledger = new();

    /// <summary>After this time a case hangs.</summary>
    public TimeSpan Hang { get; init; } = target.Hang;

    /// <summary>Told the number of each case before it is read, so that it is known if the process itself ends.</summary>
    public Action<long>? OnCase { get; init; }

    /// <summary>The files of a case: a function of the parser and the number, and of nothing else.</summary>
    public static IReadOnlyList<FuzzFile> Make(FuzzTarget target, long number) => target.Make(Dice.Of(target.Name, number));

    /// <summary>Runs cases one after the other.</summary>
    /// <param name="first">number of the first</param>
    /// <param name="count">how many at most</param>
    /// <param name="most">no case is begun after this time</param>
    public Tally Run(long first, long count, TimeSpan most)
    {
        var tally = new Tally(target);
        var clock = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        long next = first;
        for (int hangs = 0; hangs < MostHangs && next < first + count && clock.Elapsed < most; hangs++)
            next = RunUntilHang(next, first + count, () => clock.Elapsed < most, tally, number => Make(target, number));
        tally.Time = Environment.CpuUsage.TotalTime - before;
        return tally;
    }

    /// <summary>Reads inputs that were kept.</summary>
    /// <returns>what became of each</returns>
    public IReadOnlyList<Verdict> Replay(IReadOnlyList<IReadOnlyList<FuzzFile>> inputs)
    {
        var tally = new Tally(target);
        for (long next = 0; next < inputs.Count;) next = RunUntilHang(next, inputs.Count, () => true, tally, number => inputs[(int)number]);
        return tally.Verdicts;
    }

    /// <summary>Returns the number behind the last case that ended or hung.</summary>
    private long RunUntilHang(
        long first, long end, Func<bool> mayGoOn, Tally tally, Func<long, IReadOnlyList<FuzzFile>> make)
    {
        var work = new Work(first);
        var thread = new Thread(() => Loop(work, end, mayGoOn, tally, make), FuzzLimits.StackBytes)
        {
            IsBackground = true,
            Name = target.Name,
        };
        thread.Start();
        while (!thread.Join(Glance))
        {
            lock (_ledger)
            {
                if (work.Running is not { } since || Stopwatch.GetElapsedTime(since) < Hang) continue;
                work.IsAbandoned = true;
                var finding = new Finding(target.Name, work.Number, "hang", $"more than {Hang.TotalSeconds} s", work.Files);
                Tell(tally, new Verdict(VerdictKind.Finding, finding.What, finding.Text), default, finding);
                return work.Number + 1;
            }
        }

        return work.Fault is null ? work.Number : throw new InvalidOperationException($"{target.Name} {work.Number}", work.Fault);
    }

    private void Loop(Work work, long end, Func<bool> mayGoOn, Tally tally, Func<long, IReadOnlyList<FuzzFile>> make)
    {
        try
        {
            using var scratch = new Scratch(target.Whole);
            while (work.Number < end && mayGoOn())
            {
                var files = make(work.Number);
                scratch.Put(files);
                if (!Try(work, files, scratch.Folder, tally)) return;
                scratch.Restore(files);
            }
        }
#pragma warning disable CA1031 // a fault of the fuzzer itself, thrown again where the caller sees it
        catch (Exception fault)
#pragma warning restore CA1031
        {
            work.Fault = fault;
        }
    }

    /// <summary>One case; false if it was given up meanwhile.</summary>
    private bool Try(Work work, IReadOnlyList<FuzzFile> files, string folder, Tally tally)
    {
        OnCase?.Invoke(work.Number);
        // Of all threads: what a parser leaves to others is its own all the same, and nothing else runs.
        long held = target.IsNative ? StartNative() : 0, before = GC.GetTotalAllocatedBytes();
        lock (_ledger) (work.Files, work.Running) = (files, Stopwatch.GetTimestamp());
        var verdict = Judge.Of(target, folder);
        long allocated = GC.GetTotalAllocatedBytes() - before;
        lock (_ledger)
        {
            if (work.IsAbandoned) return false;
            work.Running = null;
            if (target.IsNative) allocated = Math.Max(allocated, ResidentPeak.Bytes - held);
            long free = target.UsualBytes + target.RightfulBytes(files);
            var cost = new CaseCost(allocated, free, files.Sum(file => (long)file.Bytes.Length));
            if (cost.IsTooMuch)
            {
                string text = $"{allocated >> 20} MiB for {cost.Given} bytes: {verdict.Kind} {verdict.What} {verdict.Text}";
                verdict = new Verdict(VerdictKind.Finding, "memory", text);
            }

            var finding = verdict.Kind == VerdictKind.Finding
                ? new Finding(target.Name, work.Number, verdict.What, verdict.Text, files)
                : null;
            Tell(tally, verdict, cost, finding);
            work.Number++;
            return true;
        }
    }

    private void Tell(Tally tally, Verdict verdict, CaseCost cost, Finding? finding)
    {
        if (tally.Add(verdict, cost, finding)) onFinding?.Invoke(finding!);
    }

    private static long StartNative()
    {
        ResidentPeak.Reset();
        return ResidentPeak.Bytes;
    }

    /// <summary>What a thread is at.</summary>
    private sealed class Work(long number)
    {
        public long Number { get; set; } = number;

        public IReadOnlyList<FuzzFile> Files { get; set; } = [];

        public long? Running { get; set; }

        public bool IsAbandoned { get; set; }

        public Exception? Fault { get; set; }
    }
}
