namespace EvsNative.Kernels;

/// <summary>
/// What runs the engine's instruction set. Each operation is a value, an <see cref="IKernelCall"/>, and a word of
/// <see cref="KernelWords"/>: destination first, then inputs, then parameters. Layers and models speak to a device through these words
/// only. Shapes are [N,H,W,C]; they are checked once, by <see cref="Decorators.CheckedKernels"/>, in front of every backend. Sums are
/// float32 or better. A destination shares memory with an input only where the word says so. Activations are of any type, one for all of a
/// call's inputs and one for its destination and residual, and only products, <c>Activate</c> and <c>Copy</c> change it; vectors, tables
/// and latents are float32. NaN and infinity pass: what is not finite by an operation's definition is not finite on any device (which of
/// NaN and the infinities it is, is left open), and no result is a wrong number because of them; what is computed together with one, a
/// tile or a hidden key, may become one too, another image may not. Only <c>ToBytes</c> makes bytes of them: 0 of NaN, and of infinities
/// what is nearest.
/// </summary>
public interface IKernels
{
    /// <summary>
    /// Packs weights given in the checkpoint's order, [Out, In, Kernel, Kernel]. In a storage of 16 bits each is rounded to it, to nearest
    /// even: nothing is lost of values that come from it.
    /// </summary>
    Filter Pack(FilterShape shape, ReadOnlySpan<float> weights, WeightStorage storage = WeightStorage.Float32);

    /// <summary>Does an operation, or starts it where the device works on its own.</summary>
    /// <exception cref="DeviceException">the device has no such operation, or failed</exception>
    void Run<TCall>(in TCall call) where TCall : struct, IKernelCall, allows ref struct;
}

/// <summary>The vocabulary: a word for each operation, beside its call in <c>Language/Calls</c>.</summary>
public static partial class KernelWords;
