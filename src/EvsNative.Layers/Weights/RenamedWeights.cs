using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>A file read under other names: the old spellings of a format, or a prefix too many. Tensors may be left out.</summary>
public sealed class RenamedWeights : IWeightFile
{
    private readonly IWeightFile _file;
    private readonly Dictionary<string, string> _stored = [];

    /// <summary>
    /// Takes the file over. <paramref name="newName"/> gives the name that a stored tensor is known by, or null to leave it out.
    /// Throws <see cref="InputException"/> if two tensors come to the same name.
    /// </summary>
    public RenamedWeights(IWeightFile file, Func<string, string?> newName)
    {
        _file = file;
        foreach (string stored in file.Names)
        {
            if (newName(stored) is not { } name || _stored.TryAdd(name, stored)) continue;
            string first = SafetensorsHeader.Quote(_stored[name]), second = SafetensorsHeader.Quote(stored);
            throw new InputException($"{file.Origin}: tensors {first} and {second} are both {SafetensorsHeader.Quote(name)}");
        }

        Count = _stored.Values.Sum(stored => file.FindShape(stored, [])!.Aggregate(1L, (product, length) => product * length));
    }

    /// <inheritdoc/>
    public string Origin => _file.Origin;

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _stored.Keys;

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public string OriginOf(string name) => _stored.TryGetValue(name, out string? stored) ? _file.OriginOf(stored) : Origin;

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) =>
        _stored.TryGetValue(name, out string? stored) ? _file.FindShape(stored, wanted) : null;

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) =>
        _stored.TryGetValue(name, out string? stored) ? _file.StorageOf(stored) : WeightStorage.Float32;

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        if (!_stored.TryGetValue(name, out string? stored)) throw new InputException($"{Origin}: there is no tensor {SafetensorsHeader.Quote(name)}");
        _file.Read(stored, shape, values);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
