using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>A view of a file under other names: the old spellings of a format, or a prefix too many. Tensors may be left out.</summary>
public sealed class RenamedWeights : IWeightFile
{
    private readonly IWeightFile _file;
    private readonly Dictionary<string, string> _stored = [];

    /// <summary>Reads a file under other names; it stays its owner's.</summary>
    /// <param name="file">what is read</param>
    /// <param name="newName">the name that a stored tensor is known by, or null to leave it out</param>
    /// <exception cref="InputException">two tensors come to the same name</exception>
    public RenamedWeights(IWeightFile file, Func<string, string?> newName)
    {
        _file = file;
        foreach (string stored in file.Names)
        {
            if (newName(stored) is not { } name || _stored.TryAdd(name, stored)) continue;
            string first = InputText.Quote(_stored[name]), second = InputText.Quote(stored);
            throw new InputException(InputCode.Damaged, $"{file.Origin}: tensors {first} and {second} are both {InputText.Quote(name)}");
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
        if (!_stored.TryGetValue(name, out string? stored))
            throw new InputException(InputCode.Incomplete, $"{Origin}: there is no tensor {InputText.Quote(name)}");
        _file.Read(stored, shape, values);
    }

    /// <inheritdoc/>
    public StoredTensor? FindStored(string name) => _stored.TryGetValue(name, out string? stored) ? _file.FindStored(stored) : null;

    /// <inheritdoc/>
    public void ReadStored(string name, Span<byte> bytes) => _file.ReadStored(_stored[name], bytes);
}
