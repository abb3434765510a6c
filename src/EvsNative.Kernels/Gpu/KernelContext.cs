using System.Reflection;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace EvsNative.Kernels.Gpu;

/// <summary>ILGPU's compiler as every backend of ours uses it: fully optimised, everything inlined, our intrinsics known.</summary>
internal static class KernelContext
{
    /// <param name="build">adds devices</param>
    public static Context Create(Action<Context.Builder> build) => Context.Create(builder =>
    {
        builder.EnableAlgorithms().Optimize(OptimizationLevel.O2).Inlining(InliningMode.Aggressive);
        var intrinsics = builder.GetIntrinsicManager();
        var pin = typeof(Threads).GetMethod(nameof(Threads.Pin))!;
        intrinsics.RegisterMethod(pin, new PTXIntrinsic(Handler(nameof(NothingInPtx)), IntrinsicImplementationMode.GenerateCode));
        intrinsics.RegisterMethod(pin, new CLIntrinsic(Handler(nameof(NothingInOpenCL)), IntrinsicImplementationMode.GenerateCode));
        build(builder);
    });

    private static MethodInfo Handler(string name) => typeof(KernelContext).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    private static void NothingInPtx(PTXBackend backend, PTXCodeGenerator generator, Value value) { }

    private static void NothingInOpenCL(CLBackend backend, CLCodeGenerator generator, Value value) { }
}
