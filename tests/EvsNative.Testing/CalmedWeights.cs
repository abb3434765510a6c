using EvsNative.Kernels;
using EvsNative.Layers;

namespace EvsNative.Testing;

/// <summary>
/// Another source's weights with some tensors made smaller, so that what a network with weights by formula gives stays within the range in
/// which its score tells anything.
/// </summary>
/// <param name="weights">where the tensors come from</param>
/// <param name="calmed">the names of those that are multiplied</param>
/// <param name="factor">what they are multiplied with; of a power of two nothing is rounded</param>
public sealed class CalmedWeights(IWeightFile weights, IReadOnlyCollection<string> calmed, float factor) : IWeightFile
{
    /// <inheritdoc/>
    public string Origin => weights.Origin;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => weights.Names;

    /// <inheritdoc/>
    public long Count => weights.Count;

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => weights.FindShape(name, wanted);

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) => weights.StorageOf(name);

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        weights.Read(name, shape, values);
        if (!calmed.Contains(name)) return;
        foreach (ref float value in values) value *= factor;
    }
}
