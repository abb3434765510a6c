using EvsNative.Layers;

namespace EvsNative.Models.Tests.Checkpoints;

/// <summary>Names and shapes, and no numbers.</summary>
internal sealed class ShapesOnly(params (string Name, long[] Shape)[] tensors) : IWeightFile
{
    private readonly Dictionary<string, long[]> _shapes = tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);

    public string Origin => "shapes";

    public IReadOnlyCollection<string> Names => _shapes.Keys;

    public long Count => 0;

    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => _shapes.GetValueOrDefault(name);

    public void Read(string name, IReadOnlyList<long> shape, Span<float> values) => throw new NotSupportedException();
}
