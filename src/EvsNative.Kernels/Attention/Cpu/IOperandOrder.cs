namespace EvsNative.Kernels.Attention;

/// <summary>How the left operand of a product lies in memory, as a compile-time choice.</summary>
internal interface IOperandOrder
{
    static abstract bool IsTurned { get; }
}

/// <summary>a(i, k) = a[i lda + k]: keys, whose scores are sums over their channels.</summary>
internal readonly struct ByRows : IOperandOrder
{
    public static bool IsTurned => false;
}

/// <summary>a(i, k) = a[k lda + i]: values, whose channels are summed over the keys.</summary>
internal readonly struct Turned : IOperandOrder
{
    public static bool IsTurned => true;
}
