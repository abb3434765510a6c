using System.Runtime.InteropServices;
using EvsNative.Layers;

namespace EvsNative.Models.Tests.Judges;

/// <summary>Weights by formula that list their tensors as a file does, among them tables of whole numbers.</summary>
/// <param name="names">all tensors</param>
/// <param name="isTable">those that are tables</param>
/// <param name="table">what stands in one</param>
internal sealed class TabledWeights(IReadOnlyCollection<string> names, Func<string, bool> isTable, Func<string, long[]> table) : IWeightFile
{
    private readonly FormulaWeights _formula = new();

    public string Origin => "DOVER.pth";

    public IReadOnlyCollection<string> Names => names;

    public long Count => 0;

    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => names.Contains(name) ? wanted : null;

    public void Read(string name, IReadOnlyList<long> shape, Span<float> values) => _formula.Read(name, shape, values);

    public StoredTensor? FindStored(string name) =>
        isTable(name) ? new StoredTensor(name, StoredType.I64, [table(name).Length]) : null;

    public void ReadStored(string name, Span<byte> bytes) => MemoryMarshal.AsBytes(table(name).AsSpan()).CopyTo(bytes);
}
