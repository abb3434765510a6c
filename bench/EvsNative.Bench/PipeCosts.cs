using EvsNative.MachineCode;

namespace EvsNative.Bench;

/// <summary>A part of a multiprocessor that instructions keep busy.</summary>
internal enum Pipe
{
    /// <summary>One instruction a cycle of each scheduler.</summary>
    Issue,
    Tensor,
    MultiplyAdd,
    Integer,
    Special,
    Shared,
    Cache,
}

/// <summary>
/// Cycles that an instruction of a warp keeps a pipe of its scheduler busy. Sources: the throughput table of the CUDA C++ Programming
/// Guide (results a cycle of a multiprocessor: 16 of MUFU, 64 of integer and of float32 on sm_80, 128 of float32 on later ones); NVIDIA's
/// white papers for tensor cores (sm_80: 1024 multiply-adds a cycle of a multiprocessor; consumer cards: 256 with float32 sums); others'
/// published measurements for sm_90, where mma.sync reaches 62 % of the dense rate. Nothing here was measured by us.
/// </summary>
internal static class PipeCosts
{
    /// <summary>Schedulers of a multiprocessor, and threads of a warp.</summary>
    public const int Schedulers = 4, Warp = 32;

    /// <summary>Bytes of shared memory that a multiprocessor moves in a cycle: one wavefront.</summary>
    private const int WavefrontBytes = 128;

    /// <summary>Which pipe, and for how long; no pipe but the scheduler's own for others.</summary>
    public static (Pipe Pipe, double Cycles) Of(MachineKind kind, int sm) => kind switch
    {
        MachineKind.Product => (Pipe.Tensor, sm switch { >= 90 and < 100 => 6.4, 80 => 8, 75 => 16, _ => 32 }),
        MachineKind.MultiplyAdd or MachineKind.Float => (Pipe.MultiplyAdd, sm is 75 or 80 ? 2 : 1),
        MachineKind.IntegerMultiply => (Pipe.MultiplyAdd, 2),
        MachineKind.Integer or MachineKind.Select or MachineKind.Extreme or MachineKind.Pack or MachineKind.Move => (Pipe.Integer, 2),
        MachineKind.Special => (Pipe.Special, 8),
        _ => (Pipe.Issue, 0),
    };

    /// <summary>Wavefronts of shared memory that an instruction of a warp takes without conflicts.</summary>
    public static int Wavefronts(MachineInstruction instruction) => instruction.Kind switch
    {
        // Four matrices of eight rows of 16 bytes; fewer of them are not used.
        MachineKind.FragmentLoad => 4,
        MachineKind.SharedLoad or MachineKind.SharedStore or MachineKind.AsyncCopy =>
            Math.Max(1, instruction.Bytes * Warp / WavefrontBytes),
        _ => 0,
    };
}
