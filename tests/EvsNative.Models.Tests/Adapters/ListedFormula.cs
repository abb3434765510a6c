using EvsNative.Layers;

namespace EvsNative.Models.Tests.Adapters;

/// <summary>A network of the small sizes as a file that lists its tensors, whose numbers are the formula's.</summary>
internal sealed class ListedFormula : IWeightFile
{
    private static readonly ILookup<ModelPartKind, FormulaTensor> Tensors = FormulaTensors.Of("tiny").ToLookup(tensor => tensor.Part);

    private readonly FormulaWeights _formula = new();
    private readonly Dictionary<string, IReadOnlyList<long>> _shapes;

    public ListedFormula(ModelPartKind kind) => _shapes = Tensors[kind].Where(tensor => !ComputedTables.Contains(tensor.Name))
        .ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);

    public string Origin => "listed formula";

    public IReadOnlyCollection<string> Names => _shapes.Keys;

    public long Count => _shapes.Values.Sum(shape => shape.Aggregate(1L, (product, length) => product * length));

    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => _shapes.GetValueOrDefault(name);

    public void Read(string name, IReadOnlyList<long> shape, Span<float> values) => _formula.Read(name, shape, values);
}
