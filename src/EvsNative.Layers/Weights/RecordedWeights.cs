using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>
/// Passes on what another source gives and keeps the names and dimensions that were asked for, in their order: the tensors of a network.
/// </summary>
/// <param name="file">what answers</param>
public sealed class RecordedWeights(IWeightFile file) : IWeightFile
{
    private readonly Dictionary<string, IReadOnlyList<long>> _shapes = [];
    private readonly List<string> _order = [];

    /// <summary>What was asked for and found, in the order of the first questions.</summary>
    public IEnumerable<(string Name, IReadOnlyList<long> Shape)> Asked => _order.Select(name => (name, _shapes[name]));

    /// <inheritdoc/>
    public string Origin => file.Origin;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => file.Names;

    /// <inheritdoc/>
    public long Count => file.Count;

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted)
    {
        var found = file.FindShape(name, wanted);
        if (found is not null && _shapes.TryAdd(name, found)) _order.Add(name);
        return found;
    }

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) => file.StorageOf(name);

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values) => file.Read(name, shape, values);
}
