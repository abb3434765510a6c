namespace EvsNative.MachineCode;

/// <summary>What an instruction of machine code is for. Each is issued by a scheduler once; most keep a pipe busy besides.</summary>
public enum MachineKind
{
    /// <summary>Any other.</summary>
    Other,

    /// <summary>A product of fragments on tensor cores.</summary>
    Product,

    /// <summary>Fragments from shared memory (<c>ldmatrix</c>).</summary>
    FragmentLoad,
    SharedLoad,
    SharedStore,
    GlobalLoad,
    GlobalStore,

    /// <summary>From global to shared memory past the registers.</summary>
    AsyncCopy,

    /// <summary>Arrays and spilled registers of a thread.</summary>
    Local,

    /// <summary>Arguments and literals from constant memory.</summary>
    Constant,

    /// <summary>Exponentials, reciprocals, roots, sines; conversions that share their pipe.</summary>
    Special,

    /// <summary>Multiplication with addition in float32.</summary>
    MultiplyAdd,

    /// <summary>Other arithmetic in float32, and in two of binary16.</summary>
    Float,

    /// <summary>Larger and smaller of two numbers.</summary>
    Extreme,

    /// <summary>Two numbers to two of 16 bits.</summary>
    Pack,

    /// <summary>One of two registers.</summary>
    Select,

    /// <summary>Multiplication of integers, with addition.</summary>
    IntegerMultiply,

    /// <summary>Other arithmetic of integers, comparisons and predicates; that of a whole warp too.</summary>
    Integer,

    /// <summary>A thread's register to another.</summary>
    Move,

    /// <summary>Between lanes.</summary>
    Shuffle,
    Barrier,
    Branch,
}
