namespace EvsNative.Kernels;

/// <summary>How many elements are NaN or infinite.</summary>
/// <param name="x">any shape</param>
/// <param name="found">takes the number</param>
public readonly ref struct CountNonFiniteCall(Tensor x, ref long found) : IKernelCall
{
    private readonly ref long _found = ref found;

    /// <inheritdoc/>
    public static string Name => "CountNonFinite";

    /// <summary>The input.</summary>
    public Tensor X { get; } = x;

    /// <summary>The result.</summary>
    public ref long Found => ref _found;

    /// <inheritdoc/>
    public long Flops => 0;

    /// <inheritdoc/>
    public long Bytes => X.Bytes;

    /// <inheritdoc/>
    public CallWork Work => default;

    /// <inheritdoc/>
    /// <remarks>Whatever the tensor is, it can be counted.</remarks>
    public void Check(in CallRules rules) { }
}

public static partial class KernelWords
{
    /// <inheritdoc cref="CountNonFiniteCall"/>
    public static long CountNonFinite(this IKernels kernels, Tensor x)
    {
        long found = 0;
        kernels.Run(new CountNonFiniteCall(x, ref found));
        return found;
    }
}
