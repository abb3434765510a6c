using EvsNative.Kernels;

namespace EvsNative.Layers;

/// <summary>A view of several files as one: shards, or a network and what is plugged into it. No name may stand in two of them.</summary>
public sealed class CombinedWeights : IWeightFile
{
    private readonly IReadOnlyList<IWeightFile> _files;
    private readonly Dictionary<string, IWeightFile> _owners = [];

    /// <summary>Reads these files as one; they stay their owner's.</summary>
    /// <param name="files">in any order</param>
    /// <param name="origin">what to call them together</param>
    /// <exception cref="InputException">two of them hold a tensor of the same name</exception>
    public CombinedWeights(IReadOnlyList<IWeightFile> files, string? origin = null)
    {
        _files = files;
        Origin = origin ?? string.Join(" + ", files.Select(file => file.Origin));
        foreach (var file in files)
        {
            foreach (string name in file.Names)
            {
                if (_owners.TryAdd(name, file)) continue;
                throw new InputException(
                    InputCode.Damaged, $"{file.Origin}: tensor {InputText.Quote(name)} stands in {_owners[name].Origin} too");
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
        var owner = Owner(name, shape)
            ?? throw new InputException(InputCode.Incomplete, $"{Origin}: there is no tensor {InputText.Quote(name)}");
        owner.Read(name, shape, values);
    }

    /// <inheritdoc/>
    public StoredTensor? FindStored(string name) => _owners.TryGetValue(name, out var file) ? file.FindStored(name) : null;

    /// <inheritdoc/>
    public void ReadStored(string name, Span<byte> bytes) => _owners[name].ReadStored(name, bytes);

    /// <summary>The file that lists the name, or one that makes it up.</summary>
    private IWeightFile? Owner(string name, IReadOnlyList<long> wanted) =>
        _owners.TryGetValue(name, out var file)
            ? file
            : _files.FirstOrDefault(f => f.Names.Count == 0 && f.FindShape(name, wanted) is not null);
}
