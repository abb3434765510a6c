using System.Reflection;
using EvsNative.Kernels.Ptx;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.IR;

namespace EvsNative.Kernels.Compile;

/// <summary>ILGPU's compiler as every backend of ours uses it: fully optimised, everything inlined, our intrinsics known.</summary>
internal static class KernelContext
{
    /// <summary>Where the compiler's own code lies: ours and ILGPU's.</summary>
    public static IReadOnlyList<Module> Modules { get; } =
        [typeof(KernelContext).Module, typeof(Context).Module, typeof(XMath).Module];

    /// <param name="intrinsics">classes of instructions beyond the portable ones</param>
    public static Context Create(params ReadOnlySpan<Type> intrinsics)
    {
        Type[] classes = [typeof(PtxIntrinsics), typeof(TensorIntrinsics), .. intrinsics];
        return Context.Create(builder =>
        {
            builder.EnableAlgorithms().Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive);
            foreach (var type in classes) PtxExpansion.Register(builder.GetIntrinsicManager(), type);
        });
    }
}
