using System.Reflection;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;
using ILGPU;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>What the tests of the CUDA backend share.</summary>
internal static class CudaTest
{
    public const int Threads = 64;

    /// <summary>No cache on disk, nothing of the user's.</summary>
    public static CudaSettings Settings { get; } = new(new KernelCache(null));

    public static MethodInfo AddKernel { get; } = Method(nameof(AddingKernel));

    public static CudaGpu Open(FakeCudaDriver driver, CudaSettings? settings = null, int index = 0) =>
        CudaGpu.Open(driver, index, settings ?? Settings);

    /// <summary>
    /// A device with the whole vocabulary. Every tensor has memory of its own, so that the interpreter sees what is read or written beside
    /// it.
    /// </summary>
    public static Device Device(FakeCudaDriver driver, ElementType precision = ElementType.Float32, CudaSettings? settings = null) =>
        Kernels.Device.On(Open(driver, settings), new DeviceOptions(Backend.Cuda, Precision: precision), isGuarded: true);

    public static GpuKernel<AddArgs> LoadAdd(CudaGpu gpu) => gpu.Load<AddArgs>(AddKernel, Threads);

    /// <summary>Adds to floats at the beginning of a buffer.</summary>
    public static void Add(GpuKernel<AddArgs> kernel, GpuBuffer y, float value, int count = 4) => kernel.Launch(
        new Groups((count + Threads - 1) / Threads),
        new AddArgs { Y = new Operand { Memory = y.View }, Value = value, Count = count });

    /// <summary>Opens a device that nothing is wrong with, does the work and checks that everything was given back.</summary>
    public static void Balanced(FakeCudaDriver driver, Action<CudaGpu> work)
    {
        using (var gpu = Open(driver)) work(gpu);
        Assert.Empty(driver.Leaks);
    }

    public static MethodInfo Method(string name) => typeof(CudaTest).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>y += value</summary>
    private static void AddingKernel(AddArgs args)
    {
        int i = (Grid.IdxX * Threads) + Group.IdxX;
        if (i < args.Count) Float32Element.Store(args.Y, i, Float32Element.Load(args.Y, i) + args.Value);
    }

    internal struct AddArgs
    {
        public Operand Y;
        public float Value;
        public int Count;
    }
}
