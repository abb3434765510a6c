using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim.Instructions;

/// <summary>Goes on elsewhere.</summary>
internal abstract class BranchInstruction(bool isUniform) : PtxInstruction
{
    /// <summary>Targets of a branch whose threads part, and of one that nobody takes.</summary>
    public const int IsDivergent = -2, IsNotTaken = -1;

    /// <summary>True if the text says that all threads go the same way.</summary>
    public bool IsUniform => isUniform;

    /// <summary>All places that it may lead to.</summary>
    public abstract IReadOnlyList<int> Targets { get; }

    internal override Flow Flow => Flow.Branch;

    /// <summary>Where all of the mask go on, of which the active ones take the branch.</summary>
    public abstract int Target(Warp warp, uint active, uint mask);

    /// <summary>Where the thread of a lane goes on that takes the branch.</summary>
    public abstract int Target(Warp warp, int lane);

    internal override void Execute(Warp warp, uint mask)
    {
    }
}

/// <summary>Goes to a label.</summary>
internal sealed class JumpInstruction(bool isUniform) : BranchInstruction(isUniform)
{
    private int _target;

    public override IReadOnlyList<int> Targets => [_target];

    public void Resolve(int target) => _target = target;

    public override int Target(Warp warp, uint active, uint mask) => active == mask ? _target : active == 0 ? IsNotTaken : IsDivergent;

    public override int Target(Warp warp, int lane) => _target;
}

/// <summary>Goes to one of several labels.</summary>
internal sealed unsafe class JumpTableInstruction(bool isUniform, Row index) : BranchInstruction(isUniform)
{
    private int[] _targets = [];

    public override IReadOnlyList<int> Targets => _targets;

    public void Resolve(int[] targets) => _targets = targets;

    public override int Target(Warp warp, uint active, uint mask)
    {
        if (active == 0) return IsNotTaken;
        if (active != mask) return IsDivergent;
        int target = IsNotTaken;
        for (int lane = 0; lane < 32; lane++)
        {
            if ((mask >> lane & 1) == 0) continue;
            int own = Target(warp, lane);
            if (target != IsNotTaken && own != target) return IsDivergent;
            target = own;
        }

        return target;
    }

    public override int Target(Warp warp, int lane)
    {
        uint at = (uint)warp.Values(index)[lane];
        return at < _targets.Length
            ? _targets[at]
            : throw warp.End(PtxFault.OutOfBounds, lane, this, $"index {at} of a table of {_targets.Length} labels");
    }
}

/// <summary>The thread is done.</summary>
internal sealed class ExitInstruction : PtxInstruction
{
    internal override Flow Flow => Flow.Exit;

    internal override void Execute(Warp warp, uint mask)
    {
    }
}

/// <summary>Waits for all threads of the block.</summary>
internal sealed class BarrierInstruction(int id) : PtxInstruction
{
    /// <summary>Which of the barriers.</summary>
    public int Id => id;

    internal override Flow Flow => Flow.Barrier;

    internal override void Execute(Warp warp, uint mask)
    {
    }
}
