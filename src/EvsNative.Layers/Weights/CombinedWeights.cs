using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>Several files read as one: shards, or a network and what is plugged into it. No name may stand in two of them.</summary>
public sealed class CombinedWeights : IWeightFile
{
    private readonly IReadOnlyList<IWeightFile> _files;
    private readonly Dictionary<string, IWeightFile> _owners = [];

    /// <summary>Takes the files over. Throws <see cref="InputException"/> if two of them hold a tensor of the same name.</summary>
    public CombinedWeights(IReadOnlyList<IWeightFile> files, string? origin = null)
    {
        _files = files;
        Origin = origin ?? string.Join(" + ", files.Select(file => file.Origin));
        foreach (var file in files)
        {
            foreach (string name in file.Names)
            {
                if (_owners.TryAdd(name, file)) continue;
                throw new InputException($"{file.Origin}: tensor {SafetensorsHeader.Quote(name)} stands in {_owners[name].Origin} too");
            }
        }
    }

    /// <inheritdoc/>
    public string Origin { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names => _owners.Keys;

    /// <inheritdoc/>
    public long Count => _files.Sum(file => file.Count);

    /// <inheritdoc/>
    public string OriginOf(string name) => _owners.TryGetValue(name, out var file) ? file.OriginOf(name) : Origin;

    /// <inheritdoc/>
    public IReadOnlyList<long>? FindShape(string name, IReadOnlyList<long> wanted) => Owner(name, wanted)?.FindShape(name, wanted);

    /// <inheritdoc/>
    public WeightStorage StorageOf(string name) => _owners.TryGetValue(name, out var file) ? file.StorageOf(name) : WeightStorage.Float32;

    /// <inheritdoc/>
    public void Read(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        var owner = Owner(name, shape) ?? throw new InputException($"{Origin}: there is no tensor {SafetensorsHeader.Quote(name)}");
        owner.Read(name, shape, values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    /// <summary>The file that lists the name, or one that makes it up.</summary>
    private IWeightFile? Owner(string name, IReadOnlyList<long> wanted) =>
        _owners.TryGetValue(name, out var file) ? file : _files.FirstOrDefault(f => f.Names.Count == 0 && f.FindShape(name, wanted) is not null);
}
