using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Pointwise;

/// <summary>Accesses to each input that a thread has under way: a compile-time policy.</summary>
internal interface IPointwiseTile
{
    /// <summary>They lie a group's width apart.</summary>
    static abstract int InFlight { get; }
}

/// <summary>For GPUs, where waiting is to be hidden.</summary>
internal readonly struct DeepPointwiseTile : IPointwiseTile
{
    public static int InFlight => 4;
}

/// <summary>The same for operations of several inputs.</summary>
internal readonly struct FlatPointwiseTile : IPointwiseTile
{
    public static int InFlight => 2;
}

/// <summary>For processors, where the threads of a group are a loop, which is to walk along memory.</summary>
internal readonly struct LinePointwiseTile : IPointwiseTile
{
    public static int InFlight => 1;
}

/// <summary>How tensors of the same elements are cut into accesses and groups, whatever their shape.</summary>
/// <param name="Tile">the policy</param>
/// <param name="Width">elements that a thread moves at once</param>
/// <param name="Accesses">of each tensor</param>
/// <param name="Groups">of <see cref="Threads"/> threads</param>
internal readonly record struct PointwisePlanPortable(Type Tile, int Width, long Accesses, int Groups)
{
    /// <summary>Of a group.</summary>
    public const int Threads = 256;

    /// <param name="caps">the device</param>
    /// <param name="count">elements</param>
    /// <param name="type">of those that take the fewest bytes</param>
    /// <param name="isMixed">whether the other tensor's take more</param>
    /// <param name="inputs">tensors that are read</param>
    /// <param name="isAligned">whether all begin at multiples of 16 bytes</param>
    /// <exception cref="OverflowException">there are more groups than a launch may have</exception>
    public static PointwisePlanPortable For(GpuCaps caps, long count, ElementType type, bool isMixed, int inputs, bool isAligned) =>
        caps.IsProcessor ? Of<LinePointwiseTile>(caps, count, type, isMixed, isAligned)
        : inputs > 1 ? Of<FlatPointwiseTile>(caps, count, type, isMixed, isAligned)
        : Of<DeepPointwiseTile>(caps, count, type, isMixed, isAligned);

    private static PointwisePlanPortable Of<TTile>(GpuCaps caps, long count, ElementType type, bool isMixed, bool isAligned)
        where TTile : IPointwiseTile
    {
        // Of tensors of both types, a thread takes what 16 bytes of the larger hold.
        int width = Packs.Width(caps, isMixed ? ElementType.Float32 : type, count, isAligned);
        long accesses = count / width, each = Threads * TTile.InFlight;
        return new PointwisePlanPortable(typeof(TTile), width, accesses, checked((int)((accesses + each - 1) / each)));
    }
}
