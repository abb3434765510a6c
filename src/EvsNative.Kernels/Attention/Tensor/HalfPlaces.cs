namespace EvsNative.Kernels.Attention;

/// <summary>Tensors of binary16 that begin with 16 bytes of their own: kernels move so many at a time.</summary>
internal static class HalfPlaces
{
    private const int Multiple = 8;

    /// <summary>True if all tensors of a call are such.</summary>
    public static bool Suit(in AttentionCall call)
    {
        var (y, q, k, v, options) = call;
        return q.Type == ElementType.Float16 && IsInPlace(y) && IsInPlace(q) && IsInPlace(k) && IsInPlace(v)
            && (options.Blend is not { } blend || IsInPlace(blend.Inverted));
    }

    private static bool IsInPlace(Tensor tensor) => tensor.Offset % Multiple == 0;
}
