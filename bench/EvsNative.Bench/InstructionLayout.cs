namespace EvsNative.Bench;

/// <summary>
/// Where the lanes of a warp have the numbers of a matrix, by the PTX ISA's tables ("Matrix Fragments for mma.m16n8k16 / m16n8k8"): the
/// bench's own words, so that what kernels assume is held to the hardware and not to itself.
/// </summary>
internal static class InstructionLayout
{
    /// <summary>Row and channel of number i of a in binary16, two in a register: over rows first, then over channels.</summary>
    public static (int Row, int Channel) HalfA(int lane, int i) =>
        ((lane / 4) + (i / 2 % 2 * 8), (lane % 4 * 2) + (i % 2) + (i / 4 * 8));

    /// <summary>Channel and column of number i of b in binary16.</summary>
    public static (int Channel, int Column) HalfB(int lane, int i) => ((lane % 4 * 2) + (i % 2) + (i / 2 * 8), lane / 4);

    /// <summary>Row and channel of register i of a in tf32.</summary>
    public static (int Row, int Channel) Tf32A(int lane, int i) => ((lane / 4) + (i % 2 * 8), (lane % 4) + (i / 2 * 4));

    /// <summary>Channel and column of register i of b in tf32.</summary>
    public static (int Channel, int Column) Tf32B(int lane, int i) => ((lane % 4) + (i * 4), lane / 4);

    /// <summary>Row and column of sum i.</summary>
    public static (int Row, int Column) Sum(int lane, int i) => ((lane / 4) + (i / 2 * 8), (lane % 4 * 2) + (i % 2));
}
