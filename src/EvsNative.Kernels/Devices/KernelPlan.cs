using EvsNative.Kernels.Gpu;

namespace EvsNative.Kernels;

/// <summary>The kernels that a piece of work starts on a GPU, as its dry run showed them. See <see cref="Device.Compile"/>.</summary>
public sealed class KernelPlan
{
    internal KernelPlan(IReadOnlyCollection<KernelForm> forms) => Forms = forms;

    /// <summary>How many.</summary>
    public int Count => Forms.Count;

    internal IReadOnlyCollection<KernelForm> Forms { get; }
}
