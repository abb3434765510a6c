using System.Collections;

namespace EvsNative.Kernels.Ptx;

/// <summary>
/// Which registers are read later, before they are written anew. What only computes registers that nobody reads counts as absent.
/// </summary>
internal sealed class PtxLiveness
{
    private static readonly HashSet<string> Pure =
    [
        "mov", "add", "sub", "mul", "mad", "fma", "div", "rem", "neg", "abs", "min", "max", "and", "or", "xor", "not", "shl", "shr",
        "cvt", "cvta", "setp", "selp", "ex2", "lg2", "rcp", "rsqrt", "sqrt",
    ];

    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<PtxBlock, BitArray> _before = [];
    private readonly Dictionary<PtxBlock, (List<Step> Steps, int Guard)> _steps = [];

    public PtxLiveness(PtxGraph graph)
    {
        var order = PtxLoops.Order(graph.Blocks[0]);
        order.Reverse();
        foreach (var block in order)
            _steps[block] = (block.Lines.ConvertAll(StepOf), block.Guard.Length > 0 ? NumberOf(block.Guard.TrimStart('!')) : -1);
        foreach (var block in order) _before[block] = new BitArray(_numbers.Count);
        while (Spread(order)) { }
    }

    /// <summary>True if a register that holds something where a block begins is read there or later.</summary>
    public bool IsAliveBefore(PtxBlock block, string register) =>
        _numbers.TryGetValue(register, out int number) && _before[block][number];

    /// <summary>The same where the block ends, its branch included.</summary>
    public bool IsAliveBehind(PtxBlock block, string register) =>
        _numbers.TryGetValue(register, out int number)
            && (_steps[block].Guard == number || block.Successors.Any(next => _before[next][number]));

    /// <summary>Which statements of a block do something: they act, or what they compute is read.</summary>
    public bool[] Used(PtxBlock block)
    {
        var alive = Behind(block);
        var steps = _steps[block].Steps;
        bool[] used = new bool[steps.Count];
        for (int i = steps.Count - 1; i >= 0; i--) used[i] = Read(steps[i], alive);
        return used;
    }

    private bool Spread(List<PtxBlock> order)
    {
        bool isChanged = false;
        foreach (var block in order)
        {
            var alive = Behind(block);
            var steps = _steps[block].Steps;
            for (int i = steps.Count - 1; i >= 0; i--) Read(steps[i], alive);
            var known = _before[block];
            if (!new BitArray(alive).Xor(known).HasAnySet()) continue;
            _before[block] = alive;
            isChanged = true;
        }

        return isChanged;
    }

    private BitArray Behind(PtxBlock block)
    {
        var alive = new BitArray(_numbers.Count);
        foreach (var next in block.Successors) alive.Or(_before[next]);
        if (_steps[block].Guard is >= 0 and var guard) alive[guard] = true;
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
