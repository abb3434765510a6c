using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels.Tests.TensorCores;

/// <summary>A form of a kernel for tensor cores, and the calls that should notice its bugs.</summary>
/// <param name="Kernel">class and policies, as in a kernel's name</param>
/// <param name="Caps">a device that loads it</param>
/// <param name="Tile">the only tile of products; null where the plan chooses</param>
/// <param name="Cases">prepares the calls: a bug is noticed if one of them comes out wrong, so the quickest one comes first</param>
internal sealed record TensorMutantForm(
    string Kernel, GpuCaps Caps, Type? Tile, Func<TensorMutantDevice, IEnumerable<TensorMutantCase>> Cases)
{
    /// <summary>The kernel without its policies.</summary>
    public string Family { get; } = Kernel.Split('<')[0];

    /// <summary>
    /// A form whose calls are prepared one after the other, every second one with tensors that do not begin their memory.
    /// </summary>
    public static TensorMutantForm Of<TCall>(
        string kernel, GpuCaps caps, Type? tile, IEnumerable<TCall> calls, Func<TCall, TensorMutantDevice, TensorMutantCase> prepare) =>
        new(kernel, caps, tile, d => calls.Select((call, i) =>
        {
            d.Before = 8 * (i & 1);
            return prepare(call, d);
        }));

    /// <inheritdoc/>
    public override string ToString() => $"{Kernel}, sm_{Caps.Sm}";
}
