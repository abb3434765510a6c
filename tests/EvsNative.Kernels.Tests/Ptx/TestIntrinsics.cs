using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;
using ILGPU.IR.Intrinsics;

#pragma warning disable CS0649 // the fields are filled on the device
namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>Four sums of a thread.</summary>
internal struct Quad
{
    public float X, Y, Z, W;
}

/// <summary>Four registers of packed halves.</summary>
internal struct Words
{
    public uint X, Y, Z, W;
}

/// <summary>Instructions that take and give structs, as a product of matrices in registers does.</summary>
internal static class TestIntrinsics
{
    [IntrinsicImplementation, PtxAsm("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$d0, $d1, $d2, $d3}, [$0];", Sm = 75, Isa = 65)]
    public static Words LoadMatrix(uint address) => throw new NotSupportedException();

    [IntrinsicImplementation,
        PtxAsm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {$d0, $d1, $d2, $d3}, {$4, $5, $6, $7}, {$8, $9}, {$0, $1, $2, $3};",
            Sm = 80, Isa = 70)]
    public static Quad Multiply(Quad sums, Words a, uint b0, uint b1) => throw new NotSupportedException();

    [IntrinsicImplementation, PtxAsm("cp.async.wait_group #0;", Sm = 80, Isa = 70)]
    public static void WaitForCopies(int groups) => throw new NotSupportedException();

    [IntrinsicImplementation, PtxAsm("cp.async.ca.shared.global.L2::128B [$0], [$1], 16;", Sm = 80, Isa = 74)]
    public static void CopyAhead(uint to, long from) => throw new NotSupportedException();

    [IntrinsicImplementation, PtxAsm("wgmma.fence.sync.aligned;", Sm = 90, Isa = 80, IsSpecific = true)]
    public static void Fence() => throw new NotSupportedException();
}
