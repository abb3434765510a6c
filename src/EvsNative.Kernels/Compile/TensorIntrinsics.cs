using ILGPU.IR.Intrinsics;

namespace EvsNative.Kernels.Compile;

/// <summary>
/// Instructions of NVIDIA's tensor cores and of what feeds them, for CUDA alone. Addresses of shared memory are 32 bits, those of global
/// memory 64. Each says the oldest architecture and version of PTX that has it; source: NVIDIA's PTX ISA manual.
/// </summary>
internal static class TensorIntrinsics
{
    /// <summary>Where dynamic shared memory begins. A kernel declares it once by <c>SharedMemory.GetDynamic</c>.</summary>
    [IntrinsicImplementation, PtxAsm("mov.u32 $d0, __dyn_shared_alloca;")]
    public static uint SharedBase() => throw CudaOnly();

    /// <summary>The address of a byte of global memory.</summary>
    [IntrinsicImplementation, PtxAsm("cvta.to.global.u64 $d0, $0;")]
    public static ulong GlobalAddress(ref byte place) => throw CudaOnly();

    /// <summary>
    /// Copies 16 bytes from global to shared memory past the registers, some time later. Bytes beyond the count become zero.
    /// </summary>
    /// <param name="to">a multiple of 16</param>
    /// <param name="from">a multiple of 16; it must be readable only if the count is not 0</param>
    /// <param name="bytes">0 to 16</param>
    [IntrinsicImplementation, PtxAsm("cp.async.cg.shared.global [$0], [$1], 16, $2;", Sm = 80, Isa = 70)]
    public static void CopyAsync(uint to, ulong from, int bytes) => throw CudaOnly();

    /// <summary>
    /// The same for 16 bytes where flags have a flag, and for zeros where they have not. The test is one with the copy, so that the
    /// assembler makes a predicate of it; a number of bytes that it cannot see through costs four instructions more.
    /// </summary>
    [IntrinsicImplementation, PtxAsm(
        "{\n.reg .pred %wanted;\n.reg .b32 %bytes;\nand.b32 %bytes, $2, $3;\nsetp.ne.b32 %wanted, %bytes, 0;\n"
            + "selp.b32 %bytes, 16, 0, %wanted;\ncp.async.cg.shared.global [$0], [$1], 16, %bytes;\n}", Sm = 80, Isa = 70)]
    public static void CopyAsyncWhere(uint to, ulong from, int flags, int flag) => throw CudaOnly();

    /// <summary>Ends a group of copies of this thread.</summary>
    [IntrinsicImplementation, PtxAsm("cp.async.commit_group;", Sm = 80, Isa = 70)]
    public static void CommitCopies() => throw CudaOnly();

    /// <summary>
    /// Waits until no more than some of this thread's groups of copies are under way; other threads see them after a barrier.
    /// </summary>
    /// <param name="pending">a constant</param>
    [IntrinsicImplementation, PtxAsm("cp.async.wait_group #0;", Sm = 80, Isa = 70)]
    public static void WaitForCopies(int pending) => throw CudaOnly();

    /// <summary>Waits for all of this thread's copies, those of no group included.</summary>
    [IntrinsicImplementation, PtxAsm("cp.async.wait_all;", Sm = 80, Isa = 70)]
    public static void WaitForAllCopies() => throw CudaOnly();

    /// <summary>
    /// Four 8 x 8 matrices of 16 bits from shared memory. Lanes 8 i to 8 i + 7 give the addresses of matrix i's rows, 16 bytes each; lane l
    /// gets elements 2 (l % 4) and 2 (l % 4) + 1 of row l / 4 of each.
    /// </summary>
    [IntrinsicImplementation, PtxAsm("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {$d0,$d1,$d2,$d3}, [$0];", Sm = 75, Isa = 65)]
    public static Fragment LoadMatrix(uint address) => throw CudaOnly();

    /// <summary>The same with each matrix transposed.</summary>
    [IntrinsicImplementation, PtxAsm("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {$d0,$d1,$d2,$d3}, [$0];", Sm = 75, Isa = 65)]
    public static Fragment LoadMatrixTransposed(uint address) => throw CudaOnly();

    /// <summary>The first two of these matrices; the addresses are those of lanes 0 to 15.</summary>
    [IntrinsicImplementation, PtxAsm("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {$d0,$d1}, [$0];", Sm = 75, Isa = 65)]
    public static FragmentHalf LoadTwoMatrices(uint address) => throw CudaOnly();

    /// <summary>The same with each matrix transposed.</summary>
    [IntrinsicImplementation, PtxAsm("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {$d0,$d1}, [$0];", Sm = 75, Isa = 65)]
    public static FragmentHalf LoadTwoMatricesTransposed(uint address) => throw CudaOnly();

    /// <summary>c + a b in binary16 with sums in float32: a is 16 x 16, b 16 x 8.</summary>
    [IntrinsicImplementation, PtxAsm(
        "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {$d0,$d1,$d2,$d3}, {$4,$5,$6,$7}, {$8,$9}, {$0,$1,$2,$3};", Sm = 80, Isa = 70)]
    public static Sums MultiplyHalf16(Sums c, Fragment a, uint b0, uint b1) => throw CudaOnly();

    /// <summary>The same over 8 channels, for sm_75: a is 16 x 8, b 8 x 8.</summary>
    [IntrinsicImplementation, PtxAsm(
        "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {$d0,$d1,$d2,$d3}, {$4,$5}, {$6}, {$0,$1,$2,$3};", Sm = 75, Isa = 65)]
    public static Sums MultiplyHalf8(Sums c, uint a0, uint a1, uint b) => throw CudaOnly();

    /// <summary>
    /// c + a b of float32 numbers rounded to 10 bits before: a is 16 x 8, b 8 x 8. A thread has rows g, g + 8 and channels t, t + 4 of a in
    /// the order (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4), channels t, t + 4 of column g of b.
    /// </summary>
    [IntrinsicImplementation, PtxAsm(
        "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {$d0,$d1,$d2,$d3}, {$4,$5,$6,$7}, {$8,$9}, {$0,$1,$2,$3};", Sm = 80, Isa = 70)]
    public static Sums MultiplyTf32(Sums c, Fragment a, uint b0, uint b1) => throw CudaOnly();

    /// <summary>A float32 rounded to the 10 bits that <see cref="MultiplyTf32"/> reads, ties away from zero.</summary>
    [IntrinsicImplementation, PtxAsm("cvt.rna.tf32.f32 $d0, $0;", Sm = 80, Isa = 70)]
    public static uint RoundTf32(float value) => throw CudaOnly();

    /// <inheritdoc cref="RoundTf32(float)"/>
    [IntrinsicImplementation, PtxAsm("cvt.rna.tf32.f32 $d0, $0;", Sm = 80, Isa = 70)]
    public static uint RoundTf32(uint bits) => throw CudaOnly();

    /// <summary>Two numbers as binary16, the first in the low 16 bits.</summary>
    [IntrinsicImplementation, PtxAsm("cvt.rn.f16x2.f32 $d0, $1, $0;", Sm = 80, Isa = 70)]
    public static uint Pack(float low, float high) => throw CudaOnly();

    /// <summary>The same for sm_75.</summary>
    [IntrinsicImplementation, PtxAsm(
        "{\n.reg .b16 %low, %high;\ncvt.rn.f16.f32 %low, $0;\ncvt.rn.f16.f32 %high, $1;\nmov.b32 $d0, {%low,%high};\n}")]
    public static uint PackEach(float low, float high) => throw CudaOnly();

    /// <summary>The low one of two binary16.</summary>
    [IntrinsicImplementation, PtxAsm("{\n.reg .b16 %low, %high;\nmov.b32 {%low,%high}, $0;\ncvt.f32.f16 $d0, %low;\n}")]
    public static float Low(uint two) => throw CudaOnly();

    /// <summary>The high one of two binary16.</summary>
    [IntrinsicImplementation, PtxAsm("{\n.reg .b16 %low, %high;\nmov.b32 {%low,%high}, $0;\ncvt.f32.f16 $d0, %high;\n}")]
    public static float High(uint two) => throw CudaOnly();

    /// <summary>The value of the lane whose number differs in these bits; all lanes of the warp take part.</summary>
    /// <param name="value">this lane's</param>
    /// <param name="bits">a constant</param>
    [IntrinsicImplementation, PtxAsm("shfl.sync.bfly.b32 $d0, $0, #1, 31, -1;")]
    public static float Other(float value, int bits) => throw CudaOnly();

    /// <inheritdoc cref="Other(float, int)"/>
    [IntrinsicImplementation, PtxAsm("shfl.sync.bfly.b32 $d0, $0, #1, 31, -1;")]
    public static uint Other(uint value, int bits) => throw CudaOnly();

    /// <summary>The low halves of two words, the first one's below.</summary>
    [IntrinsicImplementation, PtxAsm("prmt.b32 $d0, $0, $1, 0x5410;")]
    public static uint LowHalves(uint first, uint second) => throw CudaOnly();

    /// <summary>The high halves of two words, the first one's below.</summary>
    [IntrinsicImplementation, PtxAsm("prmt.b32 $d0, $0, $1, 0x7632;")]
    public static uint HighHalves(uint first, uint second) => throw CudaOnly();

    /// <summary>True in all lanes of the warp if it is in one; all of them take part.</summary>
    [IntrinsicImplementation, PtxAsm("vote.sync.any.pred $d0, $0, -1;")]
    public static bool Any(bool isTrue) => throw CudaOnly();

    /// <summary>4 bytes to shared memory.</summary>
    [IntrinsicImplementation, PtxAsm("st.shared.b32 [$0], $1;")]
    public static void StoreShared(uint to, uint value) => throw CudaOnly();

    /// <summary>16 bytes to shared memory.</summary>
    [IntrinsicImplementation, PtxAsm("st.shared.v4.b32 [$0], {$1,$2,$3,$4};")]
    public static void StoreShared(uint to, Fragment value) => throw CudaOnly();

    /// <summary>Two float32 to shared memory.</summary>
    [IntrinsicImplementation, PtxAsm("st.shared.v2.f32 [$0], {$1,$2};")]
    public static void StoreShared(uint to, float first, float second) => throw CudaOnly();

    /// <summary>16 bytes of shared memory.</summary>
    [IntrinsicImplementation, PtxAsm("ld.shared.v4.b32 {$d0,$d1,$d2,$d3}, [$0];")]
    public static Fragment LoadShared(uint from) => throw CudaOnly();

    /// <summary>Four float32 of shared memory.</summary>
    [IntrinsicImplementation, PtxAsm("ld.shared.v4.f32 {$d0,$d1,$d2,$d3}, [$0];")]
    public static Sums LoadSharedFloats(uint from) => throw CudaOnly();

    /// <summary>A float32 of shared memory.</summary>
    [IntrinsicImplementation, PtxAsm("ld.shared.f32 $d0, [$0];")]
    public static float LoadSharedFloat(uint from) => throw CudaOnly();

    /// <summary>16 bytes of global memory that nobody writes while the kernel runs.</summary>
    [IntrinsicImplementation, PtxAsm("ld.global.nc.v4.b32 {$d0,$d1,$d2,$d3}, [$0];")]
    public static Fragment LoadGlobal(ulong from) => throw CudaOnly();

    /// <summary>8 bytes of global memory that nobody writes while the kernel runs.</summary>
    [IntrinsicImplementation, PtxAsm("ld.global.nc.v2.b32 {$d0,$d1}, [$0];")]
    public static FragmentHalf LoadGlobalHalf(ulong from) => throw CudaOnly();

    /// <summary>The same, or zeros where the address is none; no branch.</summary>
    [IntrinsicImplementation, PtxAsm(
        "mov.b32 $d0, 0;\nmov.b32 $d1, 0;\nmov.b32 $d2, 0;\nmov.b32 $d3, 0;\n@$1 ld.global.nc.v4.b32 {$d0,$d1,$d2,$d3}, [$0];")]
    public static Fragment LoadGlobalOrZero(ulong from, bool isThere) => throw CudaOnly();

    /// <summary>16 bytes of global memory, which the kernel may write itself.</summary>
    [IntrinsicImplementation, PtxAsm("ld.global.v4.b32 {$d0,$d1,$d2,$d3}, [$0];")]
    public static Fragment LoadGlobalShared(ulong from) => throw CudaOnly();

    /// <summary>Four float32 of global memory that nobody writes while the kernel runs.</summary>
    [IntrinsicImplementation, PtxAsm("ld.global.nc.v4.f32 {$d0,$d1,$d2,$d3}, [$0];")]
    public static Sums LoadGlobalFloats(ulong from) => throw CudaOnly();

    /// <summary>16 bytes to global memory.</summary>
    [IntrinsicImplementation, PtxAsm("st.global.v4.b32 [$0], {$1,$2,$3,$4};")]
    public static void StoreGlobal(ulong to, Fragment value) => throw CudaOnly();

    /// <summary>Two float32 to global memory.</summary>
    [IntrinsicImplementation, PtxAsm("st.global.v2.f32 [$0], {$1,$2};")]
    public static void StoreGlobal(ulong to, float first, float second) => throw CudaOnly();

    /// <summary>A number that the compilers neither compute anew nor move: an address that stays in its register through a loop.</summary>
    [IntrinsicImplementation, PtxAsm("mov.b32 $d0, $0;")]
    public static uint Pinned(uint value) => throw CudaOnly();

    /// <inheritdoc cref="Pinned(uint)"/>
    [IntrinsicImplementation, PtxAsm("mov.b64 $d0, $0;")]
    public static ulong Pinned(ulong value) => throw CudaOnly();

    private static NotSupportedException CudaOnly() => new("an instruction of CUDA devices");
}
