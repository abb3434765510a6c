using System.Collections;

namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Drops arithmetic whose results nobody reads: counters and addresses of loops and arrays that are gone. The assembler would do it too; a
/// shorter text is assembled sooner, and that happens on the user's machine.
/// </summary>
internal sealed class PtxSweep
{
    private static readonly HashSet<string> Pure =
    [
        "mov", "add", "sub", "mul", "mad", "fma", "div", "rem", "neg", "abs", "min", "max", "and", "or", "xor", "not", "shl", "shr",
        "cvt", "cvta", "setp", "selp", "ex2", "lg2", "rcp", "rsqrt", "sqrt",
    ];

    private readonly Dictionary<string, int> _numbers = [];

    // For each block the registers that are read in it or behind it before they are written.
    private readonly Dictionary<PtxBlock, BitArray> _living = [];
    private readonly List<(PtxBlock Block, List<Step> Steps, int Guard)> _blocks;

    private PtxSweep(PtxGraph graph)
    {
        var order = PtxLoops.Order(graph.Blocks[0]);
        order.Reverse();
        _blocks = order.ConvertAll(block => (block, block.Lines.ConvertAll(StepOf),
            block.Guard.Length > 0 ? NumberOf(block.Guard.TrimStart('!')) : -1));
        foreach (var block in order) _living[block] = new BitArray(_numbers.Count);
    }

    public static void Run(PtxGraph graph)
    {
        var sweep = new PtxSweep(graph);
        while (sweep.Spread()) { }
        sweep.Drop();
    }

    private bool Spread()
    {
        bool isChanged = false;
        foreach (var (block, steps, guard) in _blocks)
        {
            var alive = Behind(block, guard);
            for (int i = steps.Count - 1; i >= 0; i--) Read(steps[i], alive);
            var known = _living[block];
            if (!new BitArray(alive).Xor(known).HasAnySet()) continue;
            _living[block] = alive;
            isChanged = true;
        }

        return isChanged;
    }

    private void Drop()
    {
        foreach (var (block, steps, guard) in _blocks)
        {
            var alive = Behind(block, guard);
            bool[] kept = new bool[steps.Count];
            for (int i = steps.Count - 1; i >= 0; i--) kept[i] = Read(steps[i], alive);
            int at = 0;
            block.Lines.RemoveAll(_ => !kept[at++]);
        }
    }

    private BitArray Behind(PtxBlock block, int guard)
    {
        var alive = new BitArray(_numbers.Count);
        foreach (var next in block.Successors) alive.Or(_living[next]);
        if (guard >= 0) alive[guard] = true;
        return alive;
    }

    // Goes from what is read behind a statement to what is read before it; false if the statement does nothing.
    private static bool Read(Step step, BitArray alive)
    {
        if (step.IsPure && !Array.Exists(step.Written, register => alive[register])) return false;
        if (step.IsSure) foreach (int register in step.Written) alive[register] = false;
        foreach (int register in step.Read) alive[register] = true;
        return true;
    }

    private Step StepOf(PtxLine line) => new(
        Array.ConvertAll(line.Written, NumberOf),
        Array.ConvertAll(line.Read, NumberOf),
        line.Written.Length > 0 && Pure.Contains(line.Name),
        line.Kind == PtxLineKind.Instruction && line.Guard.Length == 0);

    private int NumberOf(string register)
    {
        if (!_numbers.TryGetValue(register, out int number)) _numbers[register] = number = _numbers.Count;
        return number;
    }

    /// <summary>
    /// A statement: the registers it writes and reads, whether it does no more than write them, and whether it surely does.
    /// </summary>
    private readonly record struct Step(int[] Written, int[] Read, bool IsPure, bool IsSure);
}
