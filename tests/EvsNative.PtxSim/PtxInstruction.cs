using EvsNative.PtxSim.Machine;
using EvsNative.PtxSim.Text;

namespace EvsNative.PtxSim;

/// <summary>A decoded instruction. Its operands are rows of the register file; executing it runs all lanes of a mask.</summary>
public abstract class PtxInstruction
{
    /// <summary>The opcode with its modifiers.</summary>
    public string Opcode { get; private set; } = "";

    /// <summary>The instruction as it is written.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Its line, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Its place in the kernel.</summary>
    internal int Index { get; set; }

    /// <summary>Row of the predicate it is executed under; -1 without one.</summary>
    internal int Guard { get; private set; } = -1;

    internal bool IsGuardNegated { get; private set; }

    /// <summary>Rows that it reads, the guard left out.</summary>
    internal int[] Reads { get; private set; } = [];

    internal int[] Writes { get; private set; } = [];

    /// <summary>Rows among those it reads that may have no value yet; the guard left out.</summary>
    internal int[] Doubtful { get; set; } = [];

    /// <summary>True if the guard may have no value yet.</summary>
    internal bool IsGuardDoubtful { get; set; }

    /// <summary>Rows among those it writes that are doubtful somewhere.</summary>
    internal int[] Tracked { get; set; } = [];

    /// <summary>How many instructions from this one on have no guard, lead nowhere else and leave nothing to be looked at.</summary>
    internal int Plain { get; set; }

    internal virtual Flow Flow => Flow.Straight;

    /// <inheritdoc/>
    public override string ToString() => $"`{Text}` (line {Line})";

    /// <summary>The same instruction, for notes of another kernel.</summary>
    internal PtxInstruction Copy() => (PtxInstruction)MemberwiseClone();

    /// <summary>Executes the lanes of a mask that is not empty.</summary>
    internal abstract void Execute(Warp warp, uint mask);

    /// <summary>The lanes that take part in a warp instruction, without regard to which are alive.</summary>
    internal virtual uint Members(Warp warp, int lane) => Warp.Full;

    internal void Bind(Statement statement, int guard, int[] reads, int[] writes)
    {
        (Opcode, Text, Line) = (statement.Opcode, statement.Text, statement.Line);
        (Guard, IsGuardNegated, Reads, Writes) = (guard, statement.IsGuardNegated, reads, writes);
    }
}

/// <summary>What comes after an instruction.</summary>
internal enum Flow
{
    /// <summary>The next one.</summary>
    Straight,

    /// <summary>One of several; see <see cref="Instructions.BranchInstruction"/>.</summary>
    Branch,

    /// <summary>Nothing: the thread is done.</summary>
    Exit,

    /// <summary>The next one when all threads of the block are here.</summary>
    Barrier,

    /// <summary>The next one when all threads of the warp are here.</summary>
    Together,
}
