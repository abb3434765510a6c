using EvsNative.PtxSim.Instructions;
using EvsNative.PtxSim.Machine;

namespace EvsNative.PtxSim.Text;

/// <summary>
/// Which registers have a value on every way to an instruction ("definite assignment"): those need no look while the kernel runs. What is
/// left (<see cref="PtxInstruction.Doubtful"/>) is looked at for each thread. A write under a guard counts as none.
/// </summary>
internal sealed class SurelyWritten
{
    private const int Bits = 64;

    private readonly PtxInstruction[] _code;
    private readonly int _words;
    private readonly HashSet<int> _reached = [];

    /// <summary>The rows written before each instruction that control can come to from elsewhere; absent for all others.</summary>
    private readonly ulong[]?[] _before;

    private SurelyWritten(PtxInstruction[] code, int rows)
    {
        (_code, _words) = (code, (rows + Bits - 1) / Bits);
        _before = new ulong[code.Length][];
    }

    /// <summary>Notes on each instruction what has to be looked at when it runs, and how many plain ones begin with it.</summary>
    /// <param name="code">a kernel, its branches resolved</param>
    /// <param name="rows">of the register file</param>
    public static void Note(PtxInstruction[] code, int rows)
    {
        if (code.Length == 0) return;
        var written = new SurelyWritten(code, rows);
        written.Spread();
        var tracked = written.NoteDoubts();
        for (int i = code.Length - 1; i >= 0; i--)
        {
            var instruction = code[i];
            instruction.Tracked = [.. instruction.Writes.Where(tracked.Contains)];
            bool isPlain = instruction is { Flow: Flow.Straight, Guard: < 0, Doubtful.Length: 0, Tracked.Length: 0 };
            instruction.Plain = !isPlain ? 0 : i + 1 < code.Length ? code[i + 1].Plain + 1 : 1;
        }
    }

    /// <summary>Walks from the beginning until nothing changes any more.</summary>
    private void Spread()
    {
        foreach (var branch in _code.OfType<BranchInstruction>())
        {
            foreach (int target in branch.Targets) _before[target] ??= All();
        }

        _before[0] = new ulong[_words];
        var left = new Stack<int>([0]);
        while (left.TryPop(out int at))
        {
            ulong[] now = [.. _before[at]!];
            for (bool goesOn = true; goesOn && at < _code.Length; at++)
            {
                var instruction = _code[at];
                if (instruction.Guard < 0) Add(now, instruction.Writes);
                if (instruction is BranchInstruction branch)
                {
                    foreach (int target in branch.Targets) Meet(target, now, left);
                }

                goesOn = instruction is not { Guard: < 0, Flow: Flow.Branch or Flow.Exit };
                if (goesOn && at + 1 < _code.Length && _before[at + 1] is not null)
                {
                    Meet(at + 1, now, left);
                    goesOn = false;
                }
            }
        }
    }

    /// <summary>Notes what each instruction reads without being sure of it; returns all these rows.</summary>
    private HashSet<int> NoteDoubts()
    {
        var rows = new HashSet<int>();
        ulong[] now = _before[0]!;
        for (int i = 0; i < _code.Length; i++)
        {
            var instruction = _code[i];
            now = _before[i] is { } before ? [.. before] : now;
            instruction.Doubtful = [.. instruction.Reads.Where(row => !Has(now, row))];
            instruction.IsGuardDoubtful = instruction.Guard >= 0 && !Has(now, instruction.Guard);
            rows.UnionWith(instruction.Doubtful);
            if (instruction.IsGuardDoubtful) rows.Add(instruction.Guard);
            if (instruction.Guard < 0) Add(now, instruction.Writes);
        }

        return rows;
    }

    /// <summary>Control comes to an instruction with these rows written: what others come without is not sure.</summary>
    private void Meet(int at, ulong[] now, Stack<int> left)
    {
        ulong[] before = _before[at]!;
        bool hasChanged = false;
        for (int word = 0; word < _words; word++)
        {
            ulong both = before[word] & now[word];
            hasChanged |= both != before[word];
            before[word] = both;
        }

        if (hasChanged || _reached.Add(at)) left.Push(at);
    }

    private ulong[] All()
    {
        ulong[] all = new ulong[_words];
        Array.Fill(all, ulong.MaxValue);
        return all;
    }

    private static void Add(ulong[] rows, int[] added)
    {
        foreach (int row in added) rows[row / Bits] |= 1ul << (row % Bits);
    }

    private static bool Has(ulong[] rows, int row) => (rows[row / Bits] >> (row % Bits) & 1) != 0;
}
