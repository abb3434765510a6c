using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Ptx;
using ILGPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>What the threads of a group do together.</summary>
internal static class Threads
{
    /// <summary>
    /// All threads of the group have come here, and see what the others wrote. ILGPU's optimiser may move a load past a barrier that is the
    /// last memory operation of its block; an instruction that emits nothing behind it prevents that.
    /// </summary>
    public static void Wait()
    {
        Group.Barrier();
        PtxIntrinsics.Pin();
    }
}
