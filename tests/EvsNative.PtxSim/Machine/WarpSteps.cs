using System.Numerics;
using EvsNative.PtxSim.Instructions;

namespace EvsNative.PtxSim.Machine;

/// <summary>The steps of a warp.</summary>
internal sealed unsafe partial class Warp
{
    /// <summary>Runs the threads furthest behind until they reach others or the slice ends; returns what is left of it.</summary>
    private int RunGroup(uint ready, int slice)
    {
        var (at, mask, next) = Furthest(ready);
        long executed = 0;
        while (mask != 0)
        {
            var instruction = _code[at];
            int plain = Math.Min(instruction.Plain, Math.Min(slice, next - at));
            if (plain > 0)
            {
                RunPlain(at, plain, mask);
                executed += (long)plain * BitOperations.PopCount(mask);
                slice -= plain;
                at += plain;
                if (slice <= 0 || at >= next) break;
                continue;
            }

            uint active = instruction.Guard < 0 ? mask : mask & Guarded(instruction, mask);
            executed += BitOperations.PopCount(active);
            slice--;
            switch (instruction.Flow)
            {
                case Flow.Straight:
                    if (active != 0) Step(instruction, active);
                    at++;
                    break;
                case Flow.Branch:
                    if (active != 0) CheckReads(instruction, active);
                    int target = ((BranchInstruction)instruction).Target(this, active, mask);
                    if (target == BranchInstruction.IsDivergent)
                    {
                        Scatter((BranchInstruction)instruction, active, mask, at + 1);
                        mask = 0;
                    }
                    else
                    {
                        at = target < 0 ? at + 1 : target;
                    }

                    break;
                case Flow.Exit:
                    Live &= ~active;
                    mask &= ~active;
                    at++;
                    break;
                case Flow.Barrier:
                    Stop(active, at);
                    _atBarrier |= active;
                    mask &= ~active;
                    at++;
                    break;
                default:
                    mask = Meet(instruction, active, mask, at);
                    at++;
                    break;
            }

            if (slice <= 0 || at >= next) break;
        }

        Stop(mask, at);
        _launch.Executed += executed;
        return slice;
    }

    /// <summary>Executes instructions that have no guard and lead nowhere else, all of them for the same lanes.</summary>
    private void RunPlain(int at, int count, uint mask)
    {
        var traffic = _launch.Traffic;
        foreach (var instruction in new ReadOnlySpan<PtxInstruction>(_code, at, count))
        {
            instruction.Execute(this, mask);
            traffic?.Complete(instruction);
        }
    }

    private (int At, uint Mask, int Next) Furthest(uint ready)
    {
        int at = int.MaxValue, next = int.MaxValue;
        uint mask = 0;
        for (; ready != 0; ready &= ready - 1)
        {
            int lane = BitOperations.TrailingZeroCount(ready), place = _at[lane];
            if (place < at)
            {
                if (mask != 0) next = at;
                (at, mask) = (place, 1u << lane);
            }
            else if (place == at)
            {
                mask |= 1u << lane;
            }
            else
            {
                next = Math.Min(next, place);
            }
        }

        return (at, mask, next);
    }

    private void Stop(uint mask, int at)
    {
        for (; mask != 0; mask &= mask - 1) _at[BitOperations.TrailingZeroCount(mask)] = at;
    }

    private void Scatter(BranchInstruction branch, uint active, uint mask, int next)
    {
        if (branch.IsUniform)
        {
            _launch.Report(PtxFault.DivergentUniform, this, BitOperations.TrailingZeroCount(mask), branch,
                $"of the threads {mask:x8} not all go the same way");
        }

        Stop(mask & ~active, next);
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            _at[lane] = branch.Target(this, lane);
        }
    }

    /// <summary>A warp instruction: executes it if all its members are here; returns the lanes that go on.</summary>
    private uint Meet(PtxInstruction instruction, uint active, uint mask, int at)
    {
        if (active == 0) return mask;
        uint here = active;
        for (uint left = _atTogether; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if (_at[lane] == at) here |= 1u << lane;
        }

        uint members = instruction.Members(this, BitOperations.TrailingZeroCount(active));
        if ((Live & members & ~here) != 0)
        {
            Stop(active, at);
            _atTogether |= active;
            return mask & ~active;
        }

        _atTogether &= ~here;
        Step(instruction, here);
        return mask | here;
    }

    /// <summary>All threads wait, some of them at a warp instruction: those furthest behind go on without the others.</summary>
    private void RunStuck()
    {
        var (at, mask, _) = Furthest(_atTogether);
        var instruction = _code[at];
        int lane = BitOperations.TrailingZeroCount(mask);
        uint missing = Live & instruction.Members(this, lane) & ~mask;
        if (missing != 0)
        {
            _launch.Report(PtxFault.BarrierDivergence, this, lane, instruction, $"the lanes {missing:x8} of its warp do not come here");
        }

        Step(instruction, mask);
        _atTogether &= ~mask;
        Stop(mask, at + 1);
    }

    private uint Guarded(PtxInstruction instruction, uint mask)
    {
        if (instruction.IsGuardDoubtful && _launch.ChecksUninitialised && (mask & ~_defined[instruction.Guard]) != 0)
            Undefined(instruction, instruction.Guard, mask);
        uint active = True(instruction.Guard);
        return instruction.IsGuardNegated ? ~active : active;
    }

    private void Step(PtxInstruction instruction, uint active)
    {
        CheckReads(instruction, active);
        instruction.Execute(this, active);
        _launch.Traffic?.Complete(instruction);
        foreach (int row in instruction.Tracked) _defined[row] |= active;
    }

    private void CheckReads(PtxInstruction instruction, uint active)
    {
        if (!_launch.ChecksUninitialised) return;
        foreach (int row in instruction.Doubtful)
        {
            if ((active & ~_defined[row]) != 0) Undefined(instruction, row, active);
        }
    }

    private void Undefined(PtxInstruction instruction, int row, uint active)
    {
        int lane = BitOperations.TrailingZeroCount(active & ~_defined[row]);
        _launch.Report(PtxFault.UninitialisedRead, this, lane, instruction, $"{_launch.Entry.RegisterNames[row]} was never written");
        _defined[row] |= active;
    }
}
