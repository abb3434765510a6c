using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.TensorCores;
using ILGPU;

namespace EvsNative.Kernels.Gemm;

/// <summary>How pieces of the operands come to shared memory, as a compile-time choice.</summary>
internal interface IProductStaging
{
    /// <summary>Pieces that are on their way or in use.</summary>
    static abstract int Stages { get; }

    /// <summary>Registers that hold 16 bytes on their way: 0 or 4.</summary>
    static abstract int Registers { get; }

    /// <summary>Starts the i-th copy of a thread: 16 bytes where flags have the flag, zeros where they have not.</summary>
    static abstract void Fetch(ArrayView<uint> onTheirWay, int i, uint to, ulong from, int flags, int flag);

    /// <summary>The copy has its place; called behind the products that hide its way.</summary>
    static abstract void Land(ArrayView<uint> onTheirWay, int i, uint to);

    /// <summary>All copies of a piece have been started and landed.</summary>
    static abstract void End();

    /// <summary>The oldest piece is in shared memory for all threads, and nobody reads the one before it any more.</summary>
    static abstract void Wait();

    /// <summary>Nothing is on its way any more.</summary>
    static abstract void WaitForAll();
}

/// <summary>Four pieces by asynchronous copies.</summary>
internal readonly struct FourStages : IProductStaging
{
    public static int Stages => 4;
    public static int Registers => 0;

    public static void Fetch(ArrayView<uint> onTheirWay, int i, uint to, ulong from, int flags, int flag) =>
        TensorIntrinsics.CopyAsyncWhere(to, from, flags, flag);

    public static void Land(ArrayView<uint> onTheirWay, int i, uint to) { }

    public static void End() => TensorIntrinsics.CommitCopies();

    public static void Wait()
    {
        TensorIntrinsics.WaitForCopies(2);
        Threads.Wait();
    }

    public static void WaitForAll() => TensorIntrinsics.WaitForCopies(0);
}

/// <summary>Three pieces by asynchronous copies.</summary>
internal readonly struct ThreeStages : IProductStaging
{
    public static int Stages => 3;
    public static int Registers => 0;

    public static void Fetch(ArrayView<uint> onTheirWay, int i, uint to, ulong from, int flags, int flag) =>
        TensorIntrinsics.CopyAsyncWhere(to, from, flags, flag);

    public static void Land(ArrayView<uint> onTheirWay, int i, uint to) { }

    public static void End() => TensorIntrinsics.CommitCopies();

    public static void Wait()
    {
        TensorIntrinsics.WaitForCopies(1);
        Threads.Wait();
    }

    public static void WaitForAll() => TensorIntrinsics.WaitForCopies(0);
}

/// <summary>Two pieces by asynchronous copies, where shared memory holds no more for two groups: sm_86, sm_89, sm_120.</summary>
internal readonly struct TwoStages : IProductStaging
{
    public static int Stages => 2;
    public static int Registers => 0;

    public static void Fetch(ArrayView<uint> onTheirWay, int i, uint to, ulong from, int flags, int flag) =>
        TensorIntrinsics.CopyAsyncWhere(to, from, flags, flag);

    public static void Land(ArrayView<uint> onTheirWay, int i, uint to) { }

    public static void End() => TensorIntrinsics.CommitCopies();

    public static void Wait()
    {
        TensorIntrinsics.WaitForCopies(0);
        Threads.Wait();
    }

    public static void WaitForAll() => TensorIntrinsics.WaitForCopies(0);
}

/// <summary>Two pieces by way of registers: sm_75, which has no asynchronous copies.</summary>
internal readonly struct RegisterStages : IProductStaging
{
    public static int Stages => 2;
    public static int Registers => 4;

    public static void Fetch(ArrayView<uint> onTheirWay, int i, uint to, ulong from, int flags, int flag)
    {
        Fragment value = default;
        if ((flags & flag) != 0) value = TensorIntrinsics.LoadGlobal(from);
        FragmentArrays.Keep(onTheirWay, i, value);
    }

    public static void Land(ArrayView<uint> onTheirWay, int i, uint to) =>
        TensorIntrinsics.StoreShared(to, FragmentArrays.Get(onTheirWay, i));

    public static void End() { }

    public static void Wait() => Threads.Wait();

    public static void WaitForAll() { }
}
