using ILGPU;

namespace EvsNative.Kernels.Gpu;

/// <summary>Which access suits tensors.</summary>
internal static class Packs
{
    /// <summary>Bytes of the widest access.</summary>
    public const int WidestBytes = 16;

    /// <summary>
    /// Elements that one access may move: as many as 16 bytes hold where rows of this many elements begin at multiples of 16 bytes, else
    /// one. A processor's threads are a loop, of which its compiler makes vectors where each takes one element.
    /// </summary>
    /// <param name="caps">the device</param>
    /// <param name="type">of the elements</param>
    /// <param name="row">elements from one row to the next</param>
    /// <param name="isAligned">whether all tensors begin at multiples of 16 bytes</param>
    public static int Width(GpuCaps caps, ElementType type, long row, bool isAligned)
    {
        int widest = WidestBytes / type.Bytes();
        return !caps.IsProcessor && isAligned && row % widest == 0 ? widest : 1;
    }

    /// <summary>The policy that moves this many elements of a type.</summary>
    public static Type Of(ElementType type, int width) => width switch
    {
        1 => typeof(Single<>).MakeGenericType(type.Policy()),
        4 => typeof(Fours<>).MakeGenericType(type.Policy()),
        8 when type == ElementType.Float16 => typeof(EightHalves),
        _ => throw new ArgumentOutOfRangeException(nameof(width), $"{width} elements of {type} are no access"),
    };

    /// <summary>True if a tensor begins at a multiple of 16 bytes, as all do that are rented.</summary>
    public static bool IsAligned(Tensor tensor) => tensor.Offset * tensor.Type.Bytes() % WidestBytes == 0;

    /// <summary>The same; what is not there is no obstacle.</summary>
    public static bool IsAligned(Tensor? tensor) => tensor is not { } there || IsAligned(there);

    /// <summary>Four numbers of a float32 vector, or one where the elements are moved one by one.</summary>
    public static Four Vector<TPack>(Operand vector, long index) where TPack : struct, IPack =>
        TPack.Count < 4 ? Four.Of(Float32Element.Load(vector, index), 0, 0, 0) : Float32Element.LoadFour(vector, index);
}
