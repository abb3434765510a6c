using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using ILGPU;
using static EvsNative.Kernels.Compile.TensorIntrinsics;

namespace EvsNative.Bench;

/// <summary>
/// Kernels of one warp that do one instruction each. Input and output are blocks of 512 bytes, 16 for each lane; what a lane reads and
/// writes is the instruction's own operands, so that nothing but the instruction stands between both.
/// </summary>
internal static class InstructionKernels
{
    public const int Lanes = 32, LaneBytes = 16, BlockBytes = Lanes * LaneBytes;

    /// <summary>Blocks of input and of output that a kernel may have.</summary>
    public const int Blocks = 4;

    /// <summary>a, b in the first two of the second block, c: 16 x 16 by 16 x 8 of binary16.</summary>
    public static void Half16(InstructionArgs args)
    {
        var b = In(args, 1);
        Out(args, 0, MultiplyHalf16(Floats(args, 2), In(args, 0), b.A, b.B));
    }

    /// <summary>The same over 8 channels: a in two numbers, b in one.</summary>
    public static void Half8(InstructionArgs args)
    {
        var a = In(args, 0);
        Out(args, 0, MultiplyHalf8(Floats(args, 2), a.A, a.B, In(args, 1).A));
    }

    /// <summary>16 x 8 by 8 x 8 of float32 as it lies, whatever its low bits are.</summary>
    public static void Tf32(InstructionArgs args)
    {
        var b = In(args, 1);
        Out(args, 0, MultiplyTf32(Floats(args, 2), In(args, 0), b.A, b.B));
    }

    /// <summary>Four matrices, as they lie and transposed.</summary>
    public static void Matrices(InstructionArgs args)
    {
        uint shared = Declare(), own = shared + (uint)(Group.IdxX * LaneBytes);
        StoreShared(own, In(args, 0));
        Threads.Wait();
        Out(args, 0, LoadMatrix(own));
        Out(args, 1, LoadMatrixTransposed(own));
    }

    /// <summary>Each lane copies as many bytes as its number, from 17 on that less 17, over memory that is full of ones.</summary>
    public static void Copies(InstructionArgs args)
    {
        uint own = Declare() + (uint)(Group.IdxX * LaneBytes);
        StoreShared(own, new Fragment { A = uint.MaxValue, B = uint.MaxValue, C = uint.MaxValue, D = uint.MaxValue });
        Threads.Wait();
        CopyAsync(own, Place(args.X, 0), Group.IdxX % (LaneBytes + 1));
        CommitCopies();
        WaitForCopies(0);
        Threads.Wait();
        Out(args, 0, LoadShared(own));
    }

    /// <summary>What neighbours by one, two and four bits have of the first number, and the lane's own.</summary>
    public static void Neighbours(InstructionArgs args)
    {
        float own = Floats(args, 0).A;
        Out(args, 0, new Sums { A = Other(own, 1), B = Other(own, 2), C = Other(own, 16), D = own });
    }

    /// <summary>Numbers made narrower and wider: packed, each half of it as a float32, rounded to tf32.</summary>
    public static void Narrow(InstructionArgs args)
    {
        var x = Floats(args, 0);
        uint packed = Pack(x.A, x.B);
        Out(args, 0, new Fragment { A = packed, B = PackEach(x.C, x.D), C = RoundTf32(x.A), D = PtxIntrinsics.NarrowHalf(x.D) });
        Out(args, 1, new Sums { A = Low(packed), B = High(packed), C = PtxIntrinsics.WidenHalf(packed & 0xffff), D = x.D });
    }

    /// <summary>The approximations.</summary>
    public static void Approximations(InstructionArgs args)
    {
        var x = Floats(args, 0);
        Out(args, 0, new Sums
        {
            A = PtxIntrinsics.Exp2(x.A),
            B = PtxIntrinsics.ReciprocalSquareRoot(x.B),
            C = PtxIntrinsics.Fma(x.A, x.B, x.C),
            D = 1 / x.B,
        });
    }

    /// <summary>Dynamic shared memory: where it begins.</summary>
    private static uint Declare()
    {
        var dynamic = SharedMemory.GetDynamic<Fragment>();
        return SharedBase();
    }

    private static ulong Place(Operand operand, int block) =>
        GlobalAddress(ref operand.Memory[0]) + (ulong)((block * BlockBytes) + (Group.IdxX * LaneBytes));

    private static Fragment In(InstructionArgs args, int block) => LoadGlobal(Place(args.X, block));

    private static Sums Floats(InstructionArgs args, int block) => LoadGlobalFloats(Place(args.X, block));

    private static void Out(InstructionArgs args, int block, Fragment value) => StoreGlobal(Place(args.Y, block), value);

    private static void Out(InstructionArgs args, int block, Sums value) => Out(args, block, new Fragment
    {
        A = Interop.FloatAsInt(value.A),
        B = Interop.FloatAsInt(value.B),
        C = Interop.FloatAsInt(value.C),
        D = Interop.FloatAsInt(value.D),
    });
}

/// <summary>Blocks of 16 bytes a lane.</summary>
internal struct InstructionArgs
{
    public Operand X, Y;
}
