namespace EvsNative.Kernels;

/// <summary>
/// A call of an operation as a value: its tensors and parameters, what must hold of them, what it costs. Whoever stands between a module
/// and a device (checks, counts, clocks) needs no more than this, whatever the operation is.
/// </summary>
public interface IKernelCall
{
    /// <summary>The word of the vocabulary, as errors and reports name it.</summary>
    static abstract string Name { get; }

    /// <summary>
    /// 2 for each multiply-add of products, convolutions and attention, border taps counted; other operations count none.
    /// </summary>
    long Flops { get; }

    /// <summary>Bytes of inputs, weights and outputs, each read or written once.</summary>
    long Bytes { get; }

    /// <summary>What its time follows; bytes, unless it says otherwise.</summary>
    CallWork Work => default;

    /// <summary>Holds the call to its rules. Nothing is allocated unless one is broken.</summary>
    /// <param name="rules">the rules that operations share, and how a broken one is told</param>
    /// <exception cref="ArgumentException">a rule is broken</exception>
    void Check(in CallRules rules);
}
